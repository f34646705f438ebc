import { and, embedding, image, mix, not, template, text } from '@clipseg/core';
import { describe, expect, it } from 'vitest';

const photo = { width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(0) };
const region = { box: [0, 0, 1, 1] as const };

describe('prompt builders return plain data', () => {
  it('text', () => {
    expect(text('a cat')).toEqual({ text: 'a cat' });
    expect(text('a cat', { label: 'cat' })).toEqual({ text: 'a cat', label: 'cat' });
  });

  it('template', () => {
    const phrasing = { templates: 'plain', ensemble: 'logits' } as const;
    expect(template('cat', phrasing)).toEqual({ text: 'cat', ...phrasing });
    expect(template('cat', { ...phrasing, label: 'pet' })).toEqual({
      text: 'cat',
      label: 'pet',
      ...phrasing,
    });
    expect(Object.keys(template('cat', phrasing))).not.toContain('label');
  });

  it('template of a composition phrases its texts, and keeps other prompts', () => {
    const shown = image(photo);
    const own = { text: 'dog', templates: 'shuffle', ensemble: 'embedding' } as const;
    const composed = template(and('cat', not(own), shown), { templates: 'plain', label: 'pets' });
    expect(composed).toEqual({
      label: 'pets',
      compose: {
        op: 'and',
        terms: [
          { op: 'prompt', prompt: { text: 'cat', templates: 'plain' } },
          { op: 'not', terms: [{ op: 'prompt', prompt: own }] },
          { op: 'prompt', prompt: shown },
        ],
      },
    });
  });

  it('image', () => {
    expect(image(photo)).toEqual({ image: photo });
    expect(Object.keys(image(photo))).toEqual(['image']);
    expect(image(photo, { region, masking: 'crop', label: 'it' })).toEqual({
      image: photo,
      region,
      masking: 'crop',
      label: 'it',
    });
  });

  it('image of several examples: options apply to each, and a support keeps its own', () => {
    const supports = image([photo, image(photo, { region, masking: 'blur' })], {
      masking: 'crop',
      label: 'it',
    });
    expect(supports).toEqual({
      label: 'it',
      supports: [
        { image: photo, masking: 'crop' },
        { image: photo, masking: 'blur', region },
      ],
    });
    expect(Object.keys(image([photo]))).toEqual(['supports']);
  });

  it('mix', () => {
    expect(mix('cat', 'dog')).toEqual({ mix: ['cat', 'dog'] });
    expect(mix('cat')).toEqual({ mix: ['cat'] });
    expect(mix(['cat', 'dog'], { weights: [1, 2], label: 'pet' })).toEqual({
      mix: ['cat', 'dog'],
      weights: [1, 2],
      label: 'pet',
    });
    expect(mix(['cat'])).toEqual({ mix: ['cat'] });
  });

  it('embedding', () => {
    const vector = Float32Array.of(1, 2);
    expect(embedding(vector)).toEqual({ embedding: vector });
    expect(embedding(vector, { label: 'it' })).toEqual({ embedding: vector, label: 'it' });
  });
});
