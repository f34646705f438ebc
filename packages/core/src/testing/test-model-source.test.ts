import type { Manifest, ModelSource, OpenedModel } from '@clipseg/core/model';
import { fakeModel, testModelSource } from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

for (const { name, run } of testModelSource({ source: fakeModel(), dtype: 'fp16' })) it(name, run);

describe('the suite finds what is wrong', () => {
  const failures = async (change: (opened: OpenedModel) => Partial<OpenedModel>) => {
    const source: ModelSource = {
      ...fakeModel(),
      async open(options) {
        const opened = await fakeModel().open(options);
        return { ...opened, ...change(opened) };
      },
    };
    const cases = testModelSource({ source });
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
    return cases.filter((_, i) => outcomes[i]?.status === 'rejected').map(({ name }) => name);
  };
  const short = async () => new Uint8Array(1);
  const kept = new Map<string, Uint8Array>();
  async function keep(read: OpenedModel['read'], path: string) {
    const bytes = kept.get(path) ?? (await read(path));
    kept.set(path, bytes);
    return bytes;
  }

  it.each<[string, (opened: OpenedModel) => Partial<OpenedModel>, string[]]>([
    ['another manifest', () => ({ manifest: {} as Manifest }), ['manifest as']],
    ['graphs of another size', () => ({ graph: short }), ['the graphs of', 'does not list']],
    [
      'bytes that it keeps',
      ({ read }) => ({ read: (path) => keep(read, path) }),
      ['gives the bytes away', 'aborts'],
    ],
    [
      'files that are not listed',
      ({ read }) => ({ read: (path) => read(path).catch(short) }),
      ['does not list', 'aborts'],
    ],
  ])('a source that gives %s', async (_, change, names) => {
    const found = await failures(change);
    for (const name of names) expect(found.join()).toContain(name);
    if (!names.includes('manifest as')) expect(found).toHaveLength(names.length);
  });
});
