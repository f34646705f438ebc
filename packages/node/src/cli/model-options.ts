import type { Dtype } from '@clipseg/core';
import { type Command, Option } from 'commander';
import type { Verify } from '../cache/verify.js';
import type { Device } from '../native/ort-node.js';
import { parseDtype, parsePath, parseThreads } from './options.js';

export interface ModelOptions {
  readonly model: string;
  readonly dtype?: Dtype;
  readonly device?: Device;
  readonly threads?: number;
  readonly offline?: boolean;
  readonly revision?: string;
  readonly verify?: Verify;
}

const verifications: readonly Verify[] = ['once', 'always', 'never'];
const devices: readonly Device[] = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'];

/** The options of every command that loads a model. */
export function withModelOptions(command: Command): Command {
  return command
    .option('-m, --model <model>', 'mini, a folder, or a hub id (owner/name)', parsePath, 'mini')
    .option('--dtype <dtype>', 'fp32, fp16 or int8', parseDtype)
    .addOption(new Option('--device <device>', 'what computes').choices(devices))
    .option('--threads <n>', 'threads within one operator, 1 to 1024', parseThreads)
    .option('--offline', 'use only what is in the cache')
    .option('--revision <revision>', 'branch, tag or commit of a hub model', parsePath)
    .addOption(
      new Option('--verify <when>', "when files' hashes are compared").choices(verifications),
    );
}
