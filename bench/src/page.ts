import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';

export const table = (head: readonly string[], body: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i ? '---:' : '---')), ...body]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

/** Returns the version of an installed package. */
export async function version(name: string): Promise<string> {
  const main = import.meta.resolve(name);
  const folder = main.slice(0, main.lastIndexOf(`/${name}/`) + name.length + 2);
  return JSON.parse(await readFile(new URL('package.json', folder), 'utf8')).version;
}

/** Describes the machine of the measurements. */
export const machine = (): string =>
  [
    `${cpus()[0]?.model.trim()}, ${availableParallelism()} threads`,
    `${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`,
    `Node ${process.version}`,
  ].join('; ');
