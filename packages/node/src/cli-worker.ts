import { main } from './cli/main.js';
import { receiveCommand } from './cli/worker-side.js';

// Started by long-command-line.ts, never by hand: the arguments come over the channel.
const { argv, onInterrupt } = await receiveCommand();
process.exitCode = await main(argv, { onInterrupt });
