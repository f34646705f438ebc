import { reading } from './check.js';
import { ClipSegError } from './errors.js';
import { isRecord } from './json.js';
import { showValue } from './show-value.js';

/** The version of the contracts that this library calls. */
const SPECIFICATION_VERSION = 1;

/**
 * Refuses a plug-in that was written for another version of its contract, before anything of it is
 * called.
 * @param what the contract, as messages call it, e.g. `backend`
 * @throws ClipSegError `invalid-argument` naming the plug-in, its version and the wanted one
 */
export function checkSpecification(plugin: unknown, what: string): void {
  const { name, version } = reading(`The ${what}`, () => {
    const { name, specificationVersion: version } = isRecord(plugin) ? plugin : {};
    return { name, version };
  });
  if (version === SPECIFICATION_VERSION) return;
  const which = typeof name === 'string' ? `The ${what} ${showValue(name)}` : `The ${what}`;
  const has =
    version === undefined
      ? 'no specificationVersion'
      : `the specificationVersion ${showValue(version)}`;
  throw new ClipSegError(
    'invalid-argument',
    `${which} has ${has}, and this version of @clipseg/core takes ${SPECIFICATION_VERSION}.`,
  );
}
