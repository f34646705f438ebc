// Measures one contender of one row in a separate process:
//   node masks-contender.js ROW NAME   prints one line of JSON
import { rows } from './masks-contenders.js';
import { size } from './masks-input.js';
import { report, time } from './measure.js';

const RUNS = 7;

const [row = '', name = ''] = process.argv.slice(2);
const chosen = rows[Number(row)];
const contender = name === 'ours' ? chosen?.ours : chosen?.others[name];
if (!contender) throw new Error(`The row ${row} has no contender ${name}.`);
const work = await contender();
// Memory of only the first run, as later runs leave memory that is not freed at once.
const before = process.memoryUsage().rss;
const all = [await time(async () => work())];
const peak = process.resourceUsage().maxRSS * 1024 - before;
for (let run = 1; run < RUNS; run++) all.push(await time(async () => work()));
report({ milliseconds: Math.min(...all), bytesPerPixel: peak / (size.width * size.height) });
