import { main } from './cli/main.js';
import { receiveCommand } from './cli/worker-side.js';

// Started only by long-command-line.ts, which sends the arguments over IPC.
const { argv, onInterrupt } = await receiveCommand();
process.exitCode = await main(argv, { onInterrupt });
