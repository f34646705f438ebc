import type { Dtype } from '../contracts/graph.js';
import type { ModelSource, OpenedModel } from '../contracts/model.js';
import { dtypes } from '../graphs/names.js';
import { parseManifest } from '../model/manifest.js';
import { checkSpecification } from '../util/specification.js';
import { type ContractCase, expect, expectError } from './contract.js';

export interface TestModelSourceOptions {
  readonly source: ModelSource;
  /** The variant to open. Default: the source's own choice. */
  readonly dtype?: Dtype;
}

/**
 * Tests what every `ModelSource` must do. It opens the source several times.
 * @returns one case per requirement
 */
export function testModelSource({ source, dtype }: TestModelSourceOptions): ContractCase[] {
  const on = (name: string, use: (opened: OpenedModel) => Promise<void>): ContractCase => ({
    name: `${source.name}: ${name}`,
    run: async () => use(await source.open({ dtype })),
  });
  const smallFiles = ({ manifest }: OpenedModel): string[] => [
    manifest.positionEmbedding.file,
    ...Object.values(manifest.tokenizer ?? {}),
  ];
  return [
    on('has a name and a version', async () => {
      checkSpecification(source, 'model source');
      expect(typeof source.name === 'string' && source.name !== '', 'it has a name');
    }),
    on('opens with a manifest as `clipseg convert` writes it', async ({ manifest }) => {
      parseManifest(manifest);
      const again = (await source.open({ dtype })).manifest;
      expect(JSON.stringify(again) === JSON.stringify(manifest), 'the manifest is the same again');
      expect(!dtype || manifest.variants[dtype], `the variant ${dtype} is there`);
    }),
    on('reads files of the listed size, and gives the bytes away', async (opened) => {
      for (const file of smallFiles(opened)) {
        const bytes = await opened.read(file);
        const { size } = opened.manifest.files[file]!;
        expect(bytes.length === size, `${file} has ${size} bytes, not ${bytes.length}`);
        const first = bytes[0];
        bytes.fill(7 ^ (first ?? 0));
        expect((await opened.read(file))[0] === first, `${file} is not changed by its reader`);
      }
    }),
    on('gives the graphs of a variant', async (opened) => {
      const { variants, files } = opened.manifest;
      const variant = dtype ?? dtypes.find((one) => variants[one])!;
      for (const file of Object.values(variants[variant] ?? {})) {
        const graph = await opened.graph(file);
        const right = typeof graph === 'string' ? graph : graph.length === files[file]!.size;
        expect(right, `${file} is a path, or as many bytes as listed`);
      }
    }),
    on('refuses files that the manifest does not list', async ({ read, graph }) => {
      for (const name of ['no-such-file.bin', '../clipseg.json', '']) {
        await expectError('not-found', () => read(name), `reading ${JSON.stringify(name)}`);
        await expectError('not-found', () => graph(name), `the graph ${JSON.stringify(name)}`);
      }
    }),
    on('aborts', async (opened) => {
      const signal = AbortSignal.abort();
      await expectError('aborted', () => source.open({ dtype, signal }), 'an aborted open');
      const [file = ''] = smallFiles(opened);
      await expectError('aborted', () => opened.read(file, { signal }), 'an aborted read');
    }),
  ];
}
