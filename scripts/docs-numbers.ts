// Copies the benches' tables into the pages that show them: npm run docs:numbers [-- --check]
import { readFile } from 'node:fs/promises';
import { replaceSection, sectionOf } from './replace-section.js';

const read = (page: string) => readFile(new URL(`../${page}`, import.meta.url), 'utf8');

/** A page's table by the beginning of its first heading cells. */
function tableOf(page: string, ...headings: string[]): string {
  const cells = (line: string) => line.split('|').map((cell) => cell.trim());
  const tables = page.match(/(?:^\|.*\n)+/gm) ?? [];
  const found = tables.find((table) => {
    const own = cells(table.split('\n', 1)[0]!).filter((cell) => cell !== '');
    return headings.every((heading, i) => own[i]?.startsWith(heading));
  });
  if (!found) throw new Error(`There is no table of ${headings.join(', ')}.`);
  return found.trim();
}

/** As it was before the formatter filled its columns. */
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
  console.error(`Not what the benches wrote; run npm run docs:numbers:\n${stale.join('\n')}`);
  process.exitCode = 1;
}
