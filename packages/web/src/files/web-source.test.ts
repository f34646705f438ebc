import { readFileSync } from 'node:fs';
import { testModelSource } from '@clipseg/core/testing';
import { modelUrls } from '@clipseg/mini/urls';
import { describe, it } from 'vitest';
import { asModelSource, webSource } from './web-source.js';

const bytesOf = (name: string) => new Uint8Array(readFileSync(modelUrls[name]!));
const files = Object.keys(modelUrls).map((name) => new File([bytesOf(name)], name));

/** A server of the embedded model's files. */
async function fetchFile(input: RequestInfo | URL): Promise<Response> {
  const name = String(input).split('/').at(-1)!;
  return modelUrls[name] ? new Response(bytesOf(name)) : new Response(null, { status: 404 });
}

const folder = { kind: 'folder', name: 'folder', base: 'https://example.org/model/' } as const;
const disk = {
  kind: 'files',
  name: 'files',
  files: Object.fromEntries(files.map((file) => [file.name, file])),
} as const;

describe.each([folder, disk])('$name keeps the contract of a model source', async (spec) => {
  const source = asModelSource(await webSource(spec, { fetch: fetchFile }));
  for (const { name, run } of testModelSource({ source, dtype: 'int8' })) it(name, run);
});
