import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { Command, CommanderError } from 'commander';
import { addConvert } from './commands/convert.js';
import { addDoctor } from './commands/doctor.js';
import { addEval } from './commands/eval.js';
import { addInfo } from './commands/info.js';
import { addModels } from './commands/models.js';
import { addPrompts } from './commands/prompts.js';
import { addSegment } from './commands/segment.js';
import type { Context } from './context.js';
import { listenForInterrupts, type OnInterrupt } from './interrupts.js';
import { watchOutput } from './output.js';
import { printableText } from './print.js';
import { reportError } from './report.js';

const require = createRequire(import.meta.url);

function createProgram(context: Context): Command {
  const { version } = require('@clipseg/node/package.json') as { version: string };
  const program = new Command('clipseg')
    .description('Segments images with text and image prompts.')
    .version(version)
    .option('--debug', 'print stack traces of errors')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        const [, option] = /unknown option '(.+)'/.exec(text) ?? [];
        const file = option !== undefined && existsSync(option);
        const remark = file
          ? `To name the file ${option}, write ./${option} or put -- before it.\n`
          : '';
        write(printableText(text.replace(/^error:/, 'clipseg:') + remark));
      },
    })
    .addHelpText(
      'after',
      `\nExample:\n  clipseg segment photo.jpg -p "a cat" -p "the sofa" -o out`,
    );
  const commands = [addSegment, addPrompts, addEval, addConvert, addModels, addInfo, addDoctor];
  for (const add of commands) add(program, context);
  for (const command of program.commands.flatMap((one) => [one, ...one.commands])) {
    command.exitOverride().option('--debug', 'print stack traces of errors');
  }
  return program;
}

interface MainOptions {
  /** Set in a worker: registers a callback for signals that the parent passes on. */
  readonly onInterrupt?: OnInterrupt;
}

/**
 * Runs the command line.
 * @returns the exit code: 0, 1 failure, 2 bad usage, 130 interrupted
 */
export async function main(
  argv: readonly string[],
  { onInterrupt }: MainOptions = {},
): Promise<number> {
  const interrupts = listenForInterrupts(onInterrupt);
  const { signal } = interrupts;
  const output = watchOutput(interrupts.abort);
  const debug = argv.includes('--debug'); // before or after the command's name
  const program = createProgram({ signal, debug });
  try {
    await program.parseAsync(argv);
    await setImmediate(); // stdout reports its errors asynchronously
    if (output.error) throw output.error;
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (output.closed) return 0;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const interrupted = signal.aborted && !output.error;
    return reportError(output.error ?? error, { debug, interrupted });
  } finally {
    interrupts.stop();
  }
}
