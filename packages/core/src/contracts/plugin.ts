/** A plug-in as JSON: its name and options side by side. */
export interface PluginJson {
  readonly name: string;
  readonly [option: string]: unknown;
}

/**
 * What all plug-ins that keep their options have in common. `definePostProcessor` and its siblings
 * make them, so that `JSON.stringify` writes them and a table of factories makes them again.
 */
export interface Plugin<Options extends object = object> {
  /** Version of the contract that the plug-in implements. */
  readonly specificationVersion: 1;
  readonly name: string;
  /** What the factory was given, defaults included: plain data, or other plug-ins. */
  readonly options: Readonly<Options>;
  /** Returns `{ name, ...options }`. */
  toJSON(): PluginJson;
}
