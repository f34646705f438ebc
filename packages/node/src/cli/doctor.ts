import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { type Dtype, MANIFEST_FILE, readManifest } from '@clipseg/core';
import type { Command } from 'commander';
import type { Context } from './main.js';
import { type ModelOptions, withModelOptions } from './model-options.js';

interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
}

const message = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

async function finding(check: string, examine: () => Promise<string>): Promise<Finding> {
  try {
    return { check, status: 'ok', detail: await examine() };
  } catch (error) {
    return { check, status: 'fail', detail: message(error).split('\n')[0] ?? '' };
  }
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const status = major > 20 || (major === 20 && minor >= 19) ? 'ok' : 'fail';
  const { platform, arch } = process;
  return { check: 'node', status, detail: `${process.version} on ${platform} ${arch}` };
}

async function cacheFolder(): Promise<string> {
  const { defaultCacheFolder } = await import('../cache.js');
  const folder = defaultCacheFolder();
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  const { bavail, bsize } = await statfs(folder);
  return `${folder}, ${((bavail * bsize) / 1e9).toFixed(1)} GB free`;
}

async function selfChecks(options: ModelOptions, signal: AbortSignal): Promise<Finding[]> {
  const { createClipSeg } = await import('../create-clip-seg.js');
  const { resolveModel } = await import('../resolve-model.js');
  const files = await resolveModel(options.model, options).open({ ...options, signal });
  const manifest = readManifest(await files.read(MANIFEST_FILE, { signal }));
  const present = Object.keys(manifest.variants) as Dtype[];
  const findings: Finding[] = [];
  for (const dtype of options.dtype ? [options.dtype] : present) {
    const check = async () => {
      const clipSeg = await createClipSeg({ ...options, dtype, signal });
      try {
        const { maxError, tolerance } = await clipSeg.selfCheck({ signal });
        return `largest error ${maxError.toPrecision(2)} of ${tolerance} on ${clipSeg.model.backend}`;
      } finally {
        await clipSeg.dispose();
      }
    };
    findings.push(await finding(`${options.model} ${dtype}`, check));
  }
  return findings;
}

function environment(): Finding[] {
  const names = ['HF_HOME', 'HF_HUB_CACHE', 'HF_ENDPOINT', 'HF_HUB_OFFLINE', 'CLIPSEG_CACHE'];
  const set = names.flatMap((name) => (process.env[name] ? [`${name}=${process.env[name]}`] : []));
  if (process.env.HF_TOKEN) set.push('HF_TOKEN=(set)');
  return [{ check: 'environment', status: 'ok', detail: set.join(' ') || 'nothing set' }];
}

export function addDoctor(program: Command, { signal }: Context): void {
  const command = program
    .command('doctor')
    .description('check this machine: runtime, cache, and that the model computes rightly')
    .option('--json', 'as JSON');
  withModelOptions(command).action(async (options: ModelOptions & { json?: boolean }) => {
    const findings = [
      node(),
      await finding('onnxruntime', async () => {
        const { availableDevices } = await import('../backend.js');
        return `devices: ${availableDevices().join(', ')}`;
      }),
      await finding('sharp', async () => {
        const { default: sharp } = await import('sharp');
        return `libvips ${sharp.versions.vips}`;
      }),
      await finding('cache', cacheFolder),
      ...environment(),
      ...(await selfChecks(options, signal).catch((error: unknown): Finding[] => [
        { check: options.model, status: 'fail', detail: message(error) },
      ])),
    ];
    if (options.json) process.stdout.write(`${JSON.stringify(findings)}\n`);
    for (const { check, status, detail } of options.json ? [] : findings) {
      process.stdout.write(`${status.padEnd(4)} ${check.padEnd(14)} ${detail}\n`);
    }
    if (findings.some(({ status }) => status === 'fail')) process.exitCode = 1;
  });
}
