import type { ModelSource, OpenedModel, OpenOptions } from '../contracts/model.js';
import { checkMethods } from '../util/call-options.js';
import { reading } from '../util/check.js';
import { throwIfAborted } from '../util/errors.js';
import { checkSpecification } from '../util/specification.js';
import { parseManifest } from './manifest.js';

/**
 * Opens a model and checks the result of its source.
 * @throws ClipSegError `invalid-argument` for a source of another version of the contract, or one
 *   that opens as something else; `invalid-model` for a manifest with a wrong field; what the source
 *   throws
 */
export async function openSource(
  source: ModelSource,
  options: OpenOptions = {},
): Promise<OpenedModel> {
  checkSpecification(source, 'model source');
  throwIfAborted(options.signal);
  const opened = await source.open(options);
  checkMethods(opened, 'The opened model', '{ manifest, read, graph }', ['read', 'graph']);
  const manifest = reading('The manifest', () => parseManifest(opened.manifest));
  return {
    manifest,
    read: (path, call) => opened.read(path, call),
    graph: (path, call) => opened.graph(path, call),
  };
}
