import { readFile, writeFile } from 'node:fs/promises';

/** Puts text between `<!-- NAME -->` and `<!-- /NAME -->` of a page of this repository. */
export async function replaceSection(page: string, name: string, text: string): Promise<void> {
  const file = new URL(`../${page}`, import.meta.url);
  const [before, after] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const whole = await readFile(file, 'utf8');
  const [start, end] = [whole.indexOf(before), whole.indexOf(after)];
  if (start < 0 || end < start) throw new Error(`${page} has no section ${name}.`);
  const head = whole.slice(0, start + before.length);
  await writeFile(file, `${head}\n\n${text}\n\n${whole.slice(end)}`);
}
