import { threshold } from '@clipseg/core/postprocess';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  encodeOptionsOf,
  type PostprocessOptions,
  readPipeline,
  thresholdOf,
  withPostprocessOptions,
} from './postprocess.js';

const parsed = (...args: string[]): PostprocessOptions =>
  withPostprocessOptions(new Command().exitOverride().configureOutput({ writeErr() {} }))
    .parse(args, { from: 'user' })
    .opts();
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
/** The steps as JSON has them. */
const stepsOf = async (...args: string[]) => plain(await readPipeline(parsed(...args)));

describe('--threshold', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['0.4', 0.4],
  ])('takes %s', async (text, value) => {
    expect(thresholdOf(parsed('--threshold', text))).toBe(value);
    expect(await stepsOf('--threshold', text)).toContainEqual(plain(threshold(value)));
  });

  it('is 0.5 by default', async () => {
    expect(thresholdOf({})).toBe(0.5);
    expect(await stepsOf()).toContainEqual(plain(threshold(0.5)));
  });

  it.each(['-0.1', '1.1', '0,4', 'NaN', '0x1'])('refuses the number %s', (text) => {
    expect(() => parsed(`--threshold=${text}`)).toThrow(/number from 0 to 1 such as 0.4/);
  });

  it('takes a thresholder by its name or JSON, which classes do not', async () => {
    const [step] = (await stepsOf('--threshold', 'otsu')).filter(
      ({ name }: { name: string }) => name === 'threshold',
    );
    expect(step.method.name).toBe('otsu');
    expect(() => thresholdOf(parsed('--threshold', 'otsu'))).toThrow(/needs a number .* not otsu/);
  });
});

describe('the steps', () => {
  it('are those of the options, in order', async () => {
    const names = (await stepsOf('--largest', '--refine', '--min-area', '20')).map(
      ({ name }: { name: string }) => name,
    );
    expect(names.filter((name: string) => name !== 'upsample')).toEqual([
      'refine',
      'threshold',
      'morphology',
      'largest',
    ]);
  });

  it.each([[['--threshold', '0']], [['--refine']], [['--min-area', '3']], [['--largest']]])(
    '%j contradicts a pipeline',
    async (args) => {
      await expect(stepsOf('--postprocess', '[]', ...args)).rejects.toThrow(
        /leave out --threshold/,
      );
    },
  );

  it('can be JSON', async () => {
    expect(await stepsOf('--postprocess', ' ["largest"]')).toMatchObject([{ name: 'largest' }]);
  });
});

describe('views', () => {
  it('are what the options say', () => {
    expect(encodeOptionsOf(parsed())).toEqual({});
    expect(encodeOptionsOf(parsed('--tile', 'auto', '--flips'))).toEqual({
      tiles: 'auto',
      flips: true,
    });
    expect(encodeOptionsOf(parsed('--tile', '300', '--crop', '0,1,20,30'))).toEqual({
      tiles: { size: 300 },
      crop: [0, 1, 20, 30],
    });
    expect(() => parsed('--crop', '0,1,20')).toThrow(/x0,y0,x1,y1/);
    expect(() => parsed('--crop', '0,1,20,30.5')).toThrow(/x0,y0,x1,y1/);
  });
});
