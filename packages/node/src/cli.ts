import { isLong, runInWorker } from './cli/long-command-line.js';

if (isLong(process.argv)) {
  process.exitCode = await runInWorker(process.argv);
} else {
  const { main } = await import('./cli/main.js');
  process.exitCode = await main(process.argv);
}
