import type { RawImage } from '../contracts/image.js';
import type { FormatInput, FormatWriter } from '../formats/format-writer.js';
import { postprocess } from '../postprocess/postprocess.js';
import { instances } from '../postprocess/steps/instances.js';
import { createSegmentation } from '../segmentation/segmentation.js';
import { type ContractCase, expect } from './contract.js';

export interface TestFormatWriterOptions {
  readonly writer: FormatWriter;
}

const SIDE = 8;
const labels = ['a cat', 'two\n"quoted" <dogs>, ünï', 'nothing'];

/** A disc, two discs and nothing, as logits at model resolution. */
function logits(segment: number, shift: number): Float32Array {
  const centers = [
    [[3 + shift, 3]],
    [
      [2, 2],
      [6, 5 + shift],
    ],
    [],
  ][segment] as number[][];
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) =>
    Math.max(-9, ...centers.map(([x, y]) => 2 - Math.hypot((i % SIDE) - x!, (i >> 3) - y!))),
  );
}

/** Results of an image that is not square. `shift` moves what is segmented. */
function sampleInput(
  { width, height, shift = 0 }: { width: number; height: number; shift?: number },
  steps: Parameters<typeof postprocess>[1] = [],
): FormatInput {
  const segmentation = createSegmentation({
    width,
    height,
    resolution: [SIDE, SIDE],
    maps: labels.map((_, i) => logits(i, shift)),
    prompts: labels.map((label, prompt) => ({ label, compose: { op: 'prompt', prompt } })),
    timings: {},
  });
  const image: RawImage = {
    width,
    height,
    channels: 3,
    data: Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 37 + 90 * shift) % 256),
  };
  const processed = postprocess(segmentation, steps, { image });
  return { file: `photo-${shift}.jpg`, image, segmentation, processed };
}

/** Every kind of input that a writer meets. */
const inputs: readonly (readonly [string, () => FormatInput])[] = [
  ['masks', () => sampleInput({ width: 24, height: 16 })],
  ['instances', () => sampleInput({ width: 24, height: 16 }, [instances()])],
  ['a single pixel', () => sampleInput({ width: 1, height: 1 })],
];

/** The content of all files that a writer makes of an input. */
function contents(writer: FormatWriter, input: FormatInput): (string | Uint8Array)[] {
  if (writer.per === 'image') return [writer.write(input)];
  return input.processed.segments.map((_, i) => writer.write(input, i));
}

const shown = (content: string | Uint8Array): string =>
  typeof content === 'string' ? content : content.join();

/** All data of an input that a writer must not change. */
const snapshot = ({ image, segmentation, processed }: FormatInput): string =>
  JSON.stringify([
    [...image.data],
    segmentation.data.maps.map((map) => [...map]),
    processed.segments.map((segment) => [...segment.mask()]),
  ]);

/**
 * Checks what every `FormatWriter` must do.
 * @returns one case per demand
 */
export function testFormatWriter({ writer }: TestFormatWriterOptions): ContractCase[] {
  const on = (name: string, run: () => void): ContractCase => ({
    name: `format ${writer.name}: ${name}`,
    run: async () => run(),
  });
  return [
    on('has a name and an extension that fit into lists and file names', () => {
      expect(/^[\w-]+$/.test(writer.name), 'the name has letters, digits, _ and - only');
      const fits = /^[\w-]+(\.[\w-]+)*$/.test(writer.extension);
      expect(fits, 'the extension has no leading dot and no separators');
      expect(['segment', 'image'].includes(writer.per), 'per is segment or image');
    }),
    on('writes text or bytes for all kinds of results', () => {
      for (const [kind, make] of inputs) {
        for (const content of contents(writer, make())) {
          const valid = typeof content === 'string' || content instanceof Uint8Array;
          expect(valid, `the content is text or bytes, for ${kind}`);
        }
      }
    }),
    on('leaves its input alone, and writes the same for the same', () => {
      for (const [kind, make] of inputs) {
        const input = make();
        const before = snapshot(input);
        const [first, second] = [0, 1].map(() => contents(writer, input).map(shown).join('\n'));
        expect(snapshot(input) === before, `the input is as it was, for ${kind}`);
        expect(first === second, `it keeps no state, for ${kind}`);
      }
    }),
    on('writes what was segmented', () => {
      const [here, there] = [0, 2].map((shift) =>
        contents(writer, sampleInput({ width: 24, height: 16, shift })).map(shown),
      );
      expect(here![0] !== there![0], 'other results give other files');
      expect(new Set(here).size === here!.length, 'every segment has a file of its own');
    }),
  ];
}
