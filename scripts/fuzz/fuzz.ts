import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { replaceSection } from '../replace-section.js';
import { uncovered } from './coverage.js';
import { type Result, runTargets } from './run-targets.js';
import { tableOf, total } from './table.js';
import { targets } from './targets.js';

// npm run fuzz -- [--inputs 30000] [--seed 1] [--jobs 2] [--target NAME [--only INDEX]] [--write]

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '30000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    target: { type: 'string', multiple: true },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const [inputs, seed, jobs] = [values.inputs, values.seed, values.jobs].map(Number) as [
  ...[number, number, number],
];
const wanted = values.target ?? targets.map(({ name }) => name);
const chosen = targets.filter(({ name }) => wanted.includes(name));
const unknown = wanted.find((name) => !targets.some((target) => target.name === name));
if (unknown !== undefined) {
  throw new Error(
    `The target ${unknown} does not exist; choose among ${targets.map(({ name }) => name).join(', ')}.`,
  );
}

/** Prints each kind of finding once, with the command to reproduce it. */
function printFindings({ target, findings }: Result): void {
  const sorts = new Map<string, number>();
  for (const { index, kind, what } of findings) {
    const sort = `${kind} ${what.replace(/\d+|"[^"]*"/g, '').slice(0, 120)}`;
    sorts.set(sort, (sorts.get(sort) ?? 0) + 1);
    if (sorts.get(sort) !== 1 || sorts.size > 8) continue;
    console.error(
      `\n${kind}: npm run fuzz -- --seed ${seed} --target ${JSON.stringify(target)} --only ${index}`,
    );
    console.error(what);
  }
  if (findings.length > 0) console.error(`\n${target}: ${findings.length} findings`);
}

const missing = await uncovered(targets);
for (const line of missing) console.error(line);

const start = performance.now();
const results = await runTargets(chosen, {
  inputs,
  seed,
  jobs,
  only: values.only === undefined ? undefined : Number(values.only),
  onDone(result) {
    const { target, inputs: count, refused, accepted, slowest, largest, seconds } = result;
    const rate = Math.round(count / seconds);
    console.log(
      `${target}: ${count} inputs, ${refused} refused, ${accepted} accepted, ` +
        `${result.findings.length} findings; slowest ${slowest.toFixed(1)} ms, ` +
        `largest ${(largest / 1e6).toFixed(0)} MB; ${seconds.toFixed(1)} s, ${rate}/s`,
    );
    printFindings(result);
  },
});
const all = total(results);
console.log(
  `\n${all.inputs} inputs to ${results.length} targets in ` +
    `${((performance.now() - start) / 1000).toFixed(0)} s: ${all.refused} refused, ` +
    `${all.accepted} accepted, ${all.findings.length} findings.`,
);
if (values.write) {
  await replaceSection('docs/reliability.md', 'reliability:fuzz', tableOf(results, seed));
  spawnSync('npx', ['biome', 'format', '--write', 'docs/reliability.md'], { stdio: 'ignore' });
}
if (all.findings.length > 0 || missing.length > 0) process.exitCode = 1;
