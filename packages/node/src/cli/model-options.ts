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

/** Adds the options that every command with a model has. */
export function withModelOptions(command: Command): Command {
  return command
    .option('-m, --model <model>', 'mini, a folder, or a hub id (owner/name)', parsePath, 'mini')
    .option('--dtype <dtype>', 'fp32, fp16 or int8', parseDtype)
    .addOption(new Option('--device <device>', 'device to run on').choices(devices))
    .option('--threads <n>', 'threads per operator, 1 to 1024', parseThreads)
    .option('--offline', 'use cached files only')
    .option('--revision <revision>', 'branch, tag or commit of a hub model', parsePath)
    .addOption(
      new Option('--verify <when>', 'when to check the hashes of files').choices(verifications),
    );
}

/** Turns the options of a command into those of `createClipSeg` and `resolveModel`. */
export const loadingOptions = <T extends ModelOptions>({ offline, revision, ...options }: T) => ({
  ...options,
  hub: { offline, revision },
});
