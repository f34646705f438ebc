import type { Prompt } from '@clipseg/core';
import type { PromptStrategy } from '@clipseg/core/prompts';
import { and, createClipSeg } from '@clipseg/node';
import { cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, expectTypeOf, it } from 'vitest';
import { ClipSegProvider, useClipSeg, useSegmentation } from '../src/index.js';
import { scene } from './support/adapter.js';

interface Synonyms {
  readonly anyOf: readonly string[];
}
const synonyms: PromptStrategy<Synonyms> = {
  specificationVersion: 1,
  name: 'synonyms',
  accepts: (prompt) => typeof prompt === 'object' && prompt !== null && 'anyOf' in prompt,
  label: ({ anyOf }) => anyOf.join(' / '),
  compose: ({ anyOf }) => ({
    op: 'or',
    terms: anyOf.map((text) => ({ op: 'prompt', prompt: text })),
  }),
};
const options = { strategies: [synonyms] };
const encoded = { resolution: 96 } as const;

afterEach(cleanup);
const wrapper = ({ children }: { children: ReactNode }) => (
  <ClipSegProvider create={createClipSeg} options={options} keepAlive={0}>
    {children}
  </ClipSegProvider>
);

it('passes custom prompts to the ClipSeg, and checks their types', async () => {
  const { result } = renderHook(
    () => {
      const clipSeg = useClipSeg<Synonyms>();
      expectTypeOf(clipSeg.segment)
        .parameter(1)
        .toEqualTypeOf<Prompt<Synonyms> | readonly Prompt<Synonyms>[]>();
      const shared = useSegmentation(scene('000.png'), and('red', { anyOf: ['teapot', 'pot'] }), {
        clipSeg,
        negative: [{ anyOf: ['cat'] }],
        ...encoded,
      });
      const named = useSegmentation<Synonyms>(scene('000.png'), { anyOf: ['teapot'] }, encoded);
      return { shared, named };
    },
    { wrapper },
  );
  await waitFor(() => expect(result.current.named.status).toBe('ready'));
  await waitFor(() => expect(result.current.shared.status).toBe('ready'));
  const labels = [result.current.shared, result.current.named].map(
    ({ segmentation }) => segmentation?.segments[0]?.label,
  );
  expect(labels).toEqual(['(red AND teapot / pot)', 'teapot']);
});

it('does not compile, and reports, a prompt that no strategy takes', async () => {
  const { result } = renderHook(
    () => {
      const clipSeg = useClipSeg<Synonyms>();
      // @ts-expect-error a typing error
      const misspelt = useSegmentation(scene('000.png'), { anyOff: ['teapot'] }, { clipSeg });
      // @ts-expect-error the type of the prompt is not named
      useSegmentation(undefined, { anyOf: ['teapot'] });
      // @ts-expect-error a typing error
      useSegmentation(undefined, 'teapot', { clipSeg, negative: [{ anyOff: ['teapot'] }] });
      return misspelt;
    },
    { wrapper },
  );
  await waitFor(() => expect(result.current.error).toMatchObject({ code: 'invalid-prompt' }));
});
