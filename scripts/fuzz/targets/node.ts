import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isHubId } from '@clipseg/core/internal';
import { resolveModel } from '@clipseg/node/model';
import { readLines, readNames } from '../../../packages/node/src/cli/name-list.js';
import {
  parseCount,
  parseDtypes,
  parseFormats,
  parseIndex,
  parsePath,
  parseResolution,
  parseShare,
  parseThreads,
} from '../../../packages/node/src/cli/options.js';
import {
  readPipeline,
  withPostprocessOptions,
} from '../../../packages/node/src/cli/postprocess.js';
import { printableText } from '../../../packages/node/src/cli/print.js';
import { readPrompts, withPromptOptions } from '../../../packages/node/src/cli/prompt-options.js';
import { UsageError } from '../../../packages/node/src/cli/report.js';
import { openRepoCache } from '../../../packages/node/src/hub/cache-layout.js';
import { inspectSnapshot } from '../../../packages/node/src/hub/cached-snapshot.js';
import { explain } from '../../../packages/node/src/hub/errors.js';
import { fetchCommit, fetchListing, wantedFiles } from '../../../packages/node/src/hub/listing.js';
import { checkRevision, isSafePath } from '../../../packages/node/src/hub/names.js';
import { mutateBytes, mutateText } from '../generators/bytes.js';
import { fileOf, folderOf } from '../generators/folder.js';
import { hostileString } from '../generators/hostile.js';
import { jsonText } from '../generators/json.js';
import { promptText } from '../generators/prompt-text.js';
import type { Random } from '../random.js';
import { promise, target } from '../target.js';

const COMMIT = 'c'.repeat(40);
const never = new AbortController().signal;

const entry = (path: string, size: number) => ({ type: 'file', path, size, oid: 'a'.repeat(40) });
const LISTING = [
  entry('config.json', 2000),
  entry('preprocessor_config.json', 300),
  {
    ...entry('model.safetensors', 130),
    lfs: { oid: 'b'.repeat(64), size: 600e6, pointerSize: 130 },
  },
  entry('vocab.json', 100),
  entry('merges.txt', 100),
  { type: 'directory', path: 'onnx', oid: 'a'.repeat(40), size: 0 },
];
const renamed = (file: (typeof LISTING)[0]) => ({ ...file, path: `more-${file.path}` });
const LINKS = [
  '',
  '</api/models/a/b/tree/x?cursor=2>; rel="next"',
  '<http://evil/x?y>; rel="next"',
  '<>; rel=next',
  '<http://[>; rel="next"',
];

/** A hub in memory with a list of responses. */
function hubOf(answers: readonly string[], link: string) {
  let next = 0;
  const repo = { id: 'owner/name', revision: 'main', endpoint: new URL('http://hub.test/') };
  const transport = {
    get: async () => {
      const body = Buffer.from(answers[Math.min(next++, answers.length - 1)] ?? '');
      return {
        status: 200,
        headers: new Headers(link === '' || next > 2 ? {} : { link }),
        async *pieces() {
          yield body;
        },
        cancel() {},
      };
    },
  };
  return { repo, transport, retry: { retries: 0, maxRetries: 0, signal: undefined } } as never;
}

const CONFIG = { text_config: {}, vision_config: {} };
const INDEX = { weight_map: { a: 'model-1.safetensors', b: '../../x' } };

const words = [
  '0',
  '1',
  ',',
  'x',
  '-',
  '.',
  'e',
  ' ',
  '{',
  '}',
  '"',
  '\\',
  '\0',
  '\x1b',
  'NaN',
  '0x10',
  'name',
];
const SAMPLES = [
  '352x480',
  '0.5',
  'fp32,int8',
  'mask,overlay',
  '1,2,3,4',
  'otsu',
  '{"name":"fixed","value":0.4}',
  'auto',
];
const argument = (random: Random): string =>
  random.chance(0.15)
    ? hostileString(random).replaceAll('\0', '').slice(0, 100)
    : mutateText(random, SAMPLES, words);
const PARSERS = [
  parseCount,
  parseDtypes,
  parseFormats,
  parseIndex,
  parsePath,
  parseShare,
  parseResolution,
  parseThreads,
];

const FLAGS = [
  '--threshold',
  '--min-area',
  '--tile',
  '--crop',
  '--postprocess',
  '--template',
  '--ensemble',
  '--mix',
  '--masking',
  '-p',
  '--refine',
  '--flips',
];
// The parser of @clipseg/node, as another version may be installed here.
const { Command } = createRequire(new URL('../../../packages/node/package.json', import.meta.url))(
  'commander',
) as { Command: new () => Parameters<typeof withPromptOptions>[0] };
/** Parses options with the command's own parser. */
function parsed(args: readonly string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  withPostprocessOptions(withPromptOptions(command)).argument('[images...]');
  return command.parse([...args], { from: 'user' }).opts();
}
const isUsage = (error: unknown): boolean =>
  error instanceof UsageError ||
  ['InvalidArgumentError', 'CommanderError'].includes((error as Error)?.name);

const hub = 'node/src/hub';
const cli = 'node/src/cli';

export const nodeTargets = [
  target({
    name: 'hub answers',
    covers: [`${hub}/listing.ts`],
    weight: 2,
    input: (random) =>
      [
        random.chance(0.9) ? JSON.stringify({ sha: COMMIT }) : jsonText(random, { sha: COMMIT }),
        [jsonText(random, LISTING), jsonText(random, LISTING.slice(0, 2).map(renamed))],
        random.chance(0.9) ? '' : random.pick(LINKS),
      ] as const,
    async run([commit, pages, link]) {
      const repo = { id: 'owner/name', endpoint: new URL('http://hub.test/') } as never;
      try {
        await fetchCommit(hubOf([commit], ''));
        const { files } = wantedFiles(await fetchListing(hubOf(pages, link), COMMIT));
        for (const { path, oid, size } of files) {
          promise(isSafePath(path) && !path.includes('/'), 'an unsafe path');
          promise(/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(oid) && size >= 0, 'an unsafe hash or size');
        }
      } catch (error) {
        const { name } = error as Error;
        if (name === 'Broken' || /^(Type|Range|Syntax|Reference)Error$/.test(name)) throw error;
        throw explain(error, repo);
      }
    },
  }),
  target({
    name: 'names of hubs and models',
    covers: [`${hub}/names.ts`, 'node/src/sources/resolve-model.ts'],
    input: (random) =>
      mutateText(
        random,
        ['owner/name', 'main', 'refs/pr/1', './folder', 'model.safetensors'],
        [
          '/',
          '..',
          '.',
          '\\',
          '\0',
          ':',
          '-',
          '--',
          'con',
          ' ',
          '😀',
          '\ud800',
          '\x07',
          'x'.repeat(300),
        ],
      ),
    run(name) {
      if (isSafePath(name)) promise(!/(^|\/)\.*(\/|$)|[\\:\0]/.test(name), 'an unsafe path');
      if (isHubId(name)) promise(/^[\w.-]+\/[\w.-]+$/.test(name), 'an unsafe id');
      try {
        checkRevision(name);
      } finally {
        resolveModel(name);
      }
    },
  }),
  target({
    name: 'caches of hubs',
    covers: [`${hub}/refs.ts`, `${hub}/cache-layout.ts`, `${hub}/cached-snapshot.ts`],
    weight: 0.1,
    input: (random) =>
      [
        random.chance(0.5) ? `${COMMIT}\n` : mutateText(random, [COMMIT], ['../', '\n', 'g', '\0']),
        {
          'config.json': jsonText(random, CONFIG),
          ...(random.chance(0.6) && { 'model.safetensors.index.json': jsonText(random, INDEX) }),
          ...(random.chance(0.4) && { 'clipseg.json': jsonText(random, { formatVersion: 2 }) }),
        } as Record<string, string>,
      ] as const,
    async run([ref, files]) {
      const root = folderOf('hub', {});
      const repository = join(root, 'models--owner--name');
      mkdirSync(join(repository, 'refs'), { recursive: true });
      mkdirSync(join(repository, 'snapshots', COMMIT), { recursive: true });
      writeFileSync(join(repository, 'refs', 'main'), ref);
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(repository, 'snapshots', COMMIT, name), text);
      }
      const cache = openRepoCache({ hubCacheDir: root, id: 'owner/name' });
      const commit = await cache.readRef('main');
      promise(commit === undefined || /^[0-9a-f]{40}$/.test(commit), 'no commit');
      await inspectSnapshot(cache, COMMIT, { verify: 'once' });
    },
  }),
  target({
    name: 'arguments of the command',
    covers: [`${cli}/options.ts`, `${cli}/postprocess.ts`, `${cli}/prompt-options.ts`],
    weight: 0.5,
    refuses: isUsage,
    shown: printableText,
    input: (random) =>
      [
        argument(random),
        random
          .list(random.below(3), () => [
            random.pick(FLAGS),
            random.chance(0.3) ? promptText(random).slice(0, 100) : argument(random),
          ])
          .flat(),
      ] as const,
    async run([value, args]) {
      for (const parse of PARSERS) {
        try {
          const result = parse(value);
          if (typeof result === 'number') promise(Number.isFinite(result), 'not finite');
        } catch (error) {
          if (!isUsage(error)) throw error;
        }
      }
      const options = parsed(args);
      await readPrompts(options, never);
      await readPipeline(options);
    },
  }),
  target({
    name: 'lists of names',
    covers: [`${cli}/name-list.ts`],
    weight: 0.5,
    refuses: isUsage,
    shown: printableText,
    input: (random) =>
      mutateBytes(random, [
        Buffer.from('a.jpg\r\nb 😀.png\n\n#x\n'),
        Buffer.from('\ufeffa\0b', 'utf16le'),
      ]),
    async run(bytes) {
      const path = fileOf('names.txt', bytes);
      for (const name of await readNames(path, never)) promise(name !== '', 'an empty name');
      await readLines(path, never);
    },
  }),
];
