import type { Plugin } from '../contracts/plugin.js';
import { checkFunction, checkOptions, checkText } from './check.js';
import { ClipSegError } from './errors.js';

/** A plug-in without what is the same for all of them. */
export type Definition<Options extends object, Methods> = Methods & {
  /** The name in JSON, in messages and in tables of factories. */
  readonly name: string;
  /** What the factory needs to make the plug-in again. Default: none. */
  readonly options?: Options;
};

/**
 * Completes a plug-in: adds the version of its contract and its JSON.
 * @param method name of the method that every plug-in of this contract has
 * @throws ClipSegError `invalid-argument`
 */
export function definePlugin<Options extends object, Methods>(
  definition: Definition<Options, Methods>,
  method: keyof Methods & string,
): Plugin<Options> & Methods {
  const { name, options: given, ...methods } = checkOptions(definition, 'the definition');
  checkText(name, 'name');
  const options = checkOptions(given, name);
  if ('name' in options) {
    throw new ClipSegError('invalid-argument', `${name}: an option cannot be called "name".`);
  }
  checkFunction((methods as Record<string, unknown>)[method], `${name}: ${method}`);
  return {
    specificationVersion: 1,
    name,
    options,
    ...methods,
    toJSON: () => ({ name, ...options }),
  } as unknown as Plugin<Options> & Methods;
}
