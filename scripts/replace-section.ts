import { readFile, writeFile } from 'node:fs/promises';

const fileOf = (page: string): URL => new URL(`../${page}`, import.meta.url);

/** Finds the text between `<!-- NAME -->` and `<!-- /NAME -->`. */
async function find(page: string, name: string) {
  const [before, after] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const whole = await readFile(fileOf(page), 'utf8');
  const [start, end] = [whole.indexOf(before) + before.length, whole.indexOf(after)];
  if (start < before.length || end < start) throw new Error(`${page} has no section ${name}.`);
  return { whole, start, end };
}

/** Returns the text between `<!-- NAME -->` and `<!-- /NAME -->` in a page of this repository. */
export async function sectionOf(page: string, name: string): Promise<string> {
  const { whole, start, end } = await find(page, name);
  return whole.slice(start, end).trim();
}

/** Replaces that text. */
export async function replaceSection(page: string, name: string, text: string): Promise<void> {
  const { whole, start, end } = await find(page, name);
  await writeFile(fileOf(page), `${whole.slice(0, start)}\n\n${text}\n\n${whole.slice(end)}`);
}
