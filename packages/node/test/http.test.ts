import { isHubId } from '@clipseg/core/internal';
import { describe, expect, it } from 'vitest';
import { addressClass, literalClass, mayFollow } from '../src/http/addresses.js';
import { HttpError, retryAfterMs } from '../src/http/http-error.js';
import { createPatience } from '../src/http/patience.js';
import { isSafePath } from '../src/hub/names.js';

describe('addresses', () => {
  it.each([
    ['8.8.8.8', 'public'],
    ['172.15.0.1', 'public'],
    ['172.16.0.1', 'private'],
    ['100.64.0.1', 'private'],
    ['127.9.9.9', 'loopback'],
    ['0.0.0.0', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['224.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['2606:4700::1111', 'public'],
    ['::', 'loopback'],
    ['::1', 'loopback'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['fd12::1', 'private'],
    ['ff02::1', 'reserved'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:8.8.8.8', 'public'],
    ['::127.0.0.1', 'loopback'],
    ['64:ff9b::169.254.169.254', 'link-local'],
    ['2002:7f00:1::', 'loopback'],
    ['not an address', 'reserved'],
  ])('%s is %s', (address, expected) => expect(addressClass(address)).toBe(expected));

  it.each([
    ['http://2130706433/', 'loopback'],
    ['http://0x7f.1/', 'loopback'],
    ['http://017700000001/', 'loopback'],
    ['http://127。0。0。1/', 'loopback'],
    ['http://LOCALHOST./', 'loopback'],
    ['http://[::ffff:7f00:1]/', 'loopback'],
    ['http://localhost.example/', undefined],
  ])('%s is %s', (url, expected) => expect(literalClass(new URL(url))).toBe(expected));

  it('a server may redirect to its own class, and to the internet', () => {
    const classes = ['public', 'private', 'link-local', 'loopback', 'reserved'] as const;
    const allowed = classes.map((from) => classes.filter((to) => mayFollow(from, to)));
    expect(allowed).toEqual([
      ['public'],
      ['public', 'private'],
      ['public', 'link-local'],
      ['public', 'private', 'loopback'],
      ['public'],
    ]);
  });
});

it.each([
  ['0', 0],
  [' 12 ', 12_000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 60_000],
  ['Wed, 21 Oct 2020 07:28:00 GMT', 0],
  ['soon', undefined],
  ['-1e9', undefined],
  [null, undefined],
])('Retry-After: %s', (header, expected) => {
  expect(retryAfterMs(header, Date.parse('2026-10-21T07:27:00Z'))).toBe(expected);
});

it('patience ends after a time without a kilobyte, and counts only waiting', async () => {
  const { signal } = new AbortController();
  const after = (ms: number) => new Promise((done) => setTimeout(done, ms));
  const patience = createPatience(120, signal);
  for (let i = 0; i < 3; i++) {
    await patience.wait(after(50));
    patience.received(1024);
  }
  await after(200); // not waiting for the server
  await patience.wait(after(50));
  patience.received(1023); // not enough
  await expect(patience.wait(after(500))).rejects.toBeInstanceOf(HttpError);
});

it.each(['config.json', 'refs/pr/1', 'größe 1+2@x=y', '.gitattributes'])(
  'the path %s can be taken',
  (path) => expect(isSafePath(path)).toBe(true),
);
it.each([
  '',
  '.',
  '..',
  'a/..',
  '/a',
  'a/',
  'a//b',
  'a\\b',
  'C:a',
  'a:b',
  'a\0',
  'a\n',
  'a\u0085',
  '...',
  'nul',
  'COM1.txt',
  'a/lpt9',
  'con',
  'a.',
  'a ',
  '\ud800',
  'x'.repeat(201),
  'a/'.repeat(9),
  1,
  {},
])('the path %j cannot', (path) => expect(isSafePath(path)).toBe(false));

it.each(['CIDAS/clipseg-rd64-refined', 'a/b_c.d-e'])('%s is a hub id', (id) =>
  expect(isHubId(id)).toBe(true),
);
it.each(['a', 'a/b/c', '/a', 'a/', '../a', 'a/..', 'a--b/c', 'a/b..c', '.a/b', '-a/b', 'a/b.git'])(
  '%s is not',
  (id) => expect(isHubId(id)).toBe(false),
);
