import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { addConvert } from './convert.js';
import { addDoctor } from './doctor.js';
import { addEval } from './eval.js';
import { addInfo } from './info.js';
import { addModels } from './models.js';
import { addPrompts } from './prompts.js';
import { reportError } from './report.js';
import { addSegment } from './segment.js';

const require = createRequire(import.meta.url);

/** What every command is given. */
export interface Context {
  /** Ctrl-C fires it; a second Ctrl-C ends the process at once. */
  readonly signal: AbortSignal;
  /** Errors show their stack. */
  readonly debug: boolean;
}

function createProgram(context: Context): Command {
  const { version } = require('@clipseg/node/package.json') as { version: string };
  const program = new Command('clipseg')
    .description('Segments pictures by words.')
    .version(version)
    .option('--debug', 'print the stack of an error')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, 'clipseg:')) })
    .addHelpText(
      'after',
      `\nExample:\n  clipseg segment photo.jpg -p "a cat" -p "the sofa" -o out`,
    );
  const commands = [addSegment, addPrompts, addEval, addConvert, addModels, addInfo, addDoctor];
  for (const add of commands) add(program, context);
  for (const command of program.commands.flatMap((one) => [one, ...one.commands])) {
    command.exitOverride().option('--debug', 'print the stack of an error');
  }
  return program;
}

/**
 * Runs the command line.
 * @returns the exit code: 0, 1 failure, 2 bad usage, 130 interrupted
 */
export async function main(argv: readonly string[]): Promise<number> {
  // `clipseg ... --json | head` closes stdout early: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const debug = argv.includes('--debug'); // before or behind the command's name
  const { signal } = controller;
  const program = createProgram({ signal, debug });
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, { debug, signal });
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
