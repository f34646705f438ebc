// Copies the tables of the benchmarks into the docs: npm run docs:numbers [-- --check]
import { readFile } from 'node:fs/promises';
import { replaceSection, sectionOf } from './replace-section.js';

const read = (page: string) => readFile(new URL(`../${page}`, import.meta.url), 'utf8');

/** Finds a table in a page by the start of its first heading cells. */
function tableOf(page: string, ...headings: string[]): string {
  const cells = (line: string) => line.split('|').map((cell) => cell.trim());
  const tables = page.match(/(?:^\|.*\n)+/gm) ?? [];
  const result = tables.find((table) => {
    const found = cells(table.split('\n', 1)[0]!).filter((cell) => cell !== '');
    return headings.every((heading, i) => found[i]?.startsWith(heading));
  });
  if (!result) throw new Error(`There is no table with the headings ${headings.join(', ')}.`);
  return result.trim();
}

/** Undoes the formatter's alignment of columns. */
const plain = (table: string) => table.replace(/-{3,}/g, '---').replace(/ +/g, ' ');

const [results, masks] = await Promise.all(['bench/RESULTS.md', 'bench/MASKS.md'].map(read));
const [node = '', browser = ''] = results!.split('\n## In the browser');
const ratios = tableOf(node, 'fp32 / its fp32', 'int8 / its fp32');
const sections: readonly (readonly [page: string, name: string, text: string])[] = [
  ['README.md', 'bench:node', ratios],
  ['docs/performance.md', 'bench:node', ratios],
  ['docs/performance.md', 'bench:figures', tableOf(node, 'clipseg fp32')],
  ['docs/performance.md', 'bench:browser', tableOf(browser, 'first mask')],
  ['docs/performance.md', 'bench:masks', tableOf(masks!, 'by', 'ms')],
];
const stale: string[] = [];
for (const [page, name, text] of sections) {
  if (!process.argv.includes('--check')) await replaceSection(page, name, text);
  else if (plain(await sectionOf(page, name)) !== plain(text)) stale.push(`${page}: ${name}`);
}
if (stale.length > 0) {
  console.error(
    `These sections differ from the benchmarks; run npm run docs:numbers:\n${stale.join('\n')}`,
  );
  process.exitCode = 1;
}
