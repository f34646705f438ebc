import type { Dtype } from '@clipseg/core';
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { examineMachine, type Finding, finding } from '../machine.js';
import { loadingOptions, type ModelOptions, withModelOptions } from '../model-options.js';

async function selfChecks(options: ModelOptions, signal: AbortSignal): Promise<Finding[]> {
  const { createClipSeg } = await import('../../create-clip-seg.js');
  const { resolveModel } = await import('../../sources/resolve-model.js');
  const source = resolveModel(options.model, loadingOptions(options));
  const { manifest } = await source.open({ ...options, signal });
  const present = Object.keys(manifest.variants) as Dtype[];
  const findings: Finding[] = [];
  for (const dtype of options.dtype ? [options.dtype] : present) {
    const check = async () => {
      const clipSeg = await createClipSeg({
        ...loadingOptions(options),
        dtype,
        selfCheck: false,
        signal,
      });
      try {
        const { maxError, tolerance } = await clipSeg.selfCheck({ signal });
        return `largest error ${maxError.toPrecision(2)} of ${tolerance} on ${clipSeg.device.backend}`;
      } finally {
        await clipSeg.dispose();
      }
    };
    findings.push(await finding(`${options.model} ${dtype}`, check));
  }
  return findings;
}

export function addDoctor(program: Command, { signal }: Context): void {
  const command = program
    .command('doctor')
    .description("check this machine: runtime, caches and the model's self-check")
    .option('--json', 'print JSON');
  withModelOptions(command).action(async (options: ModelOptions & { json?: boolean }) => {
    const failed = (error: unknown) =>
      finding(options.model, () => {
        throw error;
      });
    const findings = [
      ...(await examineMachine()),
      ...(await selfChecks(options, signal).catch(async (error) => [await failed(error)])),
    ];
    if (options.json) process.stdout.write(`${JSON.stringify(findings)}\n`);
    for (const { check, status, detail } of options.json ? [] : findings) {
      process.stdout.write(`${status.padEnd(4)} ${check.padEnd(14)} ${detail}\n`);
    }
    if (findings.some(({ status }) => status === 'fail')) process.exitCode = 1;
  });
}
