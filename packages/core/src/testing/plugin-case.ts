import type { Plugin } from '../contracts/plugin.js';
import { type ContractCase, expect } from './contract.js';

/** Checks what all plug-ins have in common: their version, their name and their options. */
export const pluginCase = (plugin: Plugin, what: string): ContractCase => ({
  name: `${what}: keeps its name and options as data`,
  async run() {
    const { specificationVersion, name, options } = plugin;
    expect(specificationVersion === 1, 'specificationVersion is 1');
    expect(typeof name === 'string' && name.trim() !== '', 'it has a name');
    const json = JSON.stringify(plugin);
    expect(json === JSON.stringify({ name, ...options }), 'its JSON is { name, ...options }');
  },
});
