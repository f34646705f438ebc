// Tests the example server with 64 connections, 10 % of them slow, and its shutdown under that
// load:
//   npm run reliability:server [-- --rounds 3] [--seconds 8] [--write]
import { type ChildProcess, spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { replaceSection } from '../replace-section.js';
import { newTally, normalClient, slowClient, type Tally } from './load.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '8' },
    write: { type: 'boolean', default: false },
  },
});
const [CONNECTIONS, SLOW] = [64, 6];
/** Limit for the 99th percentile of normal requests, relative to that without slow clients. */
const MAX_RATIO = 1.5;
/** drainTimeout and lingerTimeout of the example, plus time to dispose of the model. */
const END_SECONDS = 10;

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const image = await readFile(pathOf('examples/images/breakfast.png'));

async function start(): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [pathOf('examples/node-server/main.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORT: '0' },
  });
  const [line] = await once(child.stdout as NodeJS.EventEmitter, 'data');
  return { child, port: Number(/:(\d+)/.exec(String(line))?.[1]) };
}

/** Runs both kinds of clients until the signal is aborted. */
async function load(port: number, slowCount: number, tally: Tally, signal: AbortSignal) {
  setMaxListeners(0, signal);
  const clients = [
    ...Array.from({ length: CONNECTIONS - SLOW }, () => normalClient(port, image, tally, signal)),
    ...Array.from({ length: slowCount }, (_, i) => slowClient(port, image, i, signal)),
  ];
  await Promise.all(clients);
}

const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(share * times.length) - 1] ?? Number.NaN;
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);

/** Peak memory of a process in MB, only on Linux. */
async function peak(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
}

const { child, port } = await start();
const [without, within] = [newTally(), newTally()];
await load(port, 0, newTally(), AbortSignal.timeout(2000)); // warm
const idle = await peak(child.pid!);
for (let round = 0; round < Number(options.rounds); round++) {
  for (const [slowCount, tally] of [[0, without] as const, [SLOW, within] as const]) {
    await load(port, slowCount, tally, AbortSignal.timeout(1000 * Number(options.seconds)));
  }
}

const ending = newTally();
const stop = new AbortController();
const clients = load(port, SLOW, ending, stop.signal);
await sleep(3000);
const highest = await peak(child.pid!);
const before = ending.times.length;
const from = performance.now();
child.kill('SIGTERM');
const [code] = await Promise.race([once(child, 'exit'), sleep(60_000, ['no end'])]);
const took = performance.now() - from;
stop.abort();
await clients;
child.kill('SIGKILL');

const ratio = quantile(within.times, 0.99) / quantile(without.times, 0.99);
const row = (name: string, of: (tally: Tally) => string | number) =>
  `| ${name} | ${of(without)} | ${of(within)} |`;
const table = [
  `| ${CONNECTIONS - SLOW} normal clients, ${options.rounds} x ${options.seconds} s each, alternating | alone | with ${SLOW} slow clients |`,
  '| --- | ---: | ---: |',
  row('answered with a mask', ({ times }) => times.length),
  row('refused with 503 and Retry-After', ({ refused }) => refused),
  row('lost, or other responses', ({ lost }) => lost.length),
  row('median, s', ({ times }) => seconds(quantile(times, 0.5))),
  row('99th percentile, s', ({ times }) => seconds(quantile(times, 0.99))),
  '',
  `The ratio of the 99th percentiles is ${ratio.toFixed(2)} (at most ${MAX_RATIO}). Peak memory: ${idle} MB after ` +
    `the first two seconds, ${highest} MB in total.`,
  '',
  `SIGTERM under that load: ${ending.times.length - before} running requests were answered with a mask, ` +
    `${ending.refused} refused with 503, ${ending.lost.length} lost; exit code ${code} after ` +
    `${(took / 1000).toFixed(1)} s (at most ${END_SECONDS}).`,
].join('\n');
console.log(table);
if (options.write) await replaceSection('docs/reliability.md', 'reliability:server', table);

const problems = [...without.lost, ...within.lost, ...ending.lost];
for (const problem of problems) console.error(problem);
const right = code === 0 && took < 1000 * END_SECONDS && ratio <= MAX_RATIO;
process.exitCode = right && problems.length === 0 && ending.times.length > before ? 0 : 1;
