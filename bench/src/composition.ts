// Compares a composition of six prompts with the six prompts themselves, alternating:
//   node composition.js MODEL_FOLDER IMAGE   prints one line of JSON
import { type Prompt, parsePrompt } from '@clipseg/core';
import { createClipSeg } from '@clipseg/node';
import { median, report, time } from './measure.js';

const ROUNDS = 41;
const texts = ['cat', 'fur', 'eyes', 'whiskers', 'wood', 'wall'];
const compositions = {
  boolean: 'cat AND NOT (fur OR eyes) OR whiskers AND NOT (wood OR wall)',
  grown: '(cat OR fur OR eyes) AND NOT (whiskers OR wood OR wall){+5}',
  weighted: 'cat:0.3 + fur:0.2 + eyes:0.2 + whiskers:0.1 + wood:0.1 + wall:0.1',
};

const [model = '', image = ''] = process.argv.slice(2);
const clipSeg = await createClipSeg({ model });
const encoded = await clipSeg.encodeImage(image);

async function masks(prompts: readonly Prompt[]): Promise<void> {
  const { segments } = await clipSeg.segment(encoded, prompts);
  for (const segment of segments) segment.mask();
}

const variants = Object.entries({ apart: texts, ...compositions });
const times: Record<string, number[]> = Object.fromEntries(variants.map(([name]) => [name, []]));
for (let round = -3; round < ROUNDS; round++) {
  for (const [name, prompt] of variants) {
    const prompts = typeof prompt === 'string' ? [parsePrompt(prompt)] : prompt;
    const taken = await time(() => masks(prompts));
    if (round >= 0) times[name]?.push(taken); // negative rounds are warm-up
  }
}
await clipSeg.dispose();
report(Object.fromEntries(variants.map(([name]) => [name, median(times[name] ?? [])])));
