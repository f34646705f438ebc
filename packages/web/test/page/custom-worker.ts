// A custom worker with a custom strategy, which cannot be sent in a message.
import type { PromptStrategy } from '@clipseg/core/prompts';
import { serveClipSeg } from '@clipseg/web/worker';

interface AnyOf {
  readonly anyOf: readonly string[];
}

const anyOf: PromptStrategy<AnyOf> = {
  specificationVersion: 1,
  name: 'any-of',
  accepts: (prompt) => typeof prompt === 'object' && prompt !== null && 'anyOf' in prompt,
  label: (prompt) => prompt.anyOf.join(' / '),
  compose: (prompt) => ({
    op: 'or',
    terms: prompt.anyOf.map((text) => ({ op: 'prompt', prompt: text })),
  }),
};

serveClipSeg({ strategies: [anyOf] });
