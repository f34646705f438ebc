// Runs the scenarios of malicious hubs and failing networks, and counts the outcomes:
//   npm run reliability:network [-- --write]
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { replaceSection } from '../replace-section.js';

const { values: options } = parseArgs({
  options: { write: { type: 'boolean', default: false } },
});

interface Result {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
  readonly failureMessages?: readonly string[];
  /** Counts of the scenario; missing if it failed early. */
  readonly meta?: { readonly outside?: number; readonly tokens?: number };
}

async function play(): Promise<Result[]> {
  const folder = await mkdtemp(join(tmpdir(), 'clipseg-network-'));
  const outputFile = join(folder, 'results.json');
  const file = 'packages/node/test/hub-scenarios.test.ts';
  const args = ['vitest', 'run', file, '--reporter=json', `--outputFile=${outputFile}`];
  try {
    spawnSync('npx', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const { testResults } = JSON.parse(await readFile(outputFile, 'utf8'));
    return (testResults as { assertionResults: Result[] }[]).flatMap((r) => r.assertionResults);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Tally {
  scenarios: number;
  asSpecified: number;
  outside: number;
  tokens: number;
}

const groups = new Map<string, Tally>();
const all: Tally = { scenarios: 0, asSpecified: 0, outside: 0, tokens: 0 };
for (const { ancestorTitles, title, status, meta = {}, failureMessages } of await play()) {
  const name = ancestorTitles.at(-1) ?? '';
  const tally = groups.get(name) ?? { scenarios: 0, asSpecified: 0, outside: 0, tokens: 0 };
  groups.set(name, tally);
  for (const one of [tally, all]) {
    one.scenarios++;
    if (status === 'passed') one.asSpecified++;
    one.outside += meta.outside ?? 0;
    one.tokens += meta.tokens ?? 0;
  }
  if (status !== 'passed') console.error(`${name}: ${title}\n${failureMessages?.join('\n')}`);
}
if (all.scenarios === 0) throw new Error('No scenario was run.');

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const rowOf = (name: string, t: Tally) =>
  row([name, t.scenarios, t.asSpecified, t.outside, t.tokens]);
const table = [
  row(['scenarios', 'run', 'as specified', 'files touched outside the cache', 'tokens elsewhere']),
  row(['---', '---:', '---:', '---:', '---:']),
  ...[...groups].map(([name, tally]) => rowOf(name, tally)),
  rowOf('all', all),
].join('\n');
console.log(table);
const note = `Node ${process.version}; the scenarios with their expected outcomes are in [hub-scenarios.test.ts](../packages/node/test/hub-scenarios.test.ts).`;
if (options.write) {
  await replaceSection('docs/reliability.md', 'reliability:network', `${table}\n\n${note}`);
  spawnSync('npx', ['biome', 'format', '--write', 'docs/reliability.md'], { stdio: 'ignore' });
}
if (all.asSpecified < all.scenarios || all.outside + all.tokens > 0) process.exitCode = 1;
