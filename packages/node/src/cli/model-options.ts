import type { Dtype } from '@clipseg/core';
import type { Command } from 'commander';
import type { Device } from '../backend.js';
import { parseCount, parseDtype } from './options.js';

export interface ModelOptions {
  readonly model: string;
  readonly dtype?: Dtype;
  readonly device?: Device;
  readonly threads?: number;
  readonly offline?: boolean;
  readonly revision?: string;
}

/** The options of every command that loads a model. */
export function withModelOptions(command: Command): Command {
  return command
    .option('-m, --model <model>', 'mini, a folder, or a hub id (owner/name)', 'mini')
    .option('--dtype <dtype>', 'fp32, fp16 or int8', parseDtype)
    .option('--device <device>', 'cpu, cuda, dml, coreml or webgpu')
    .option('--threads <n>', 'threads within one operator', parseCount)
    .option('--offline', 'use only what is in the cache')
    .option('--revision <revision>', 'branch, tag or commit of a hub model');
}
