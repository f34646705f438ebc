import { and, createSegmentation, parsePrompt, term } from '@clipseg/core';
import { checkRawImage, resolutionOf, toRgb } from '@clipseg/core/model';
import { pipelineFromJson, postprocess, thresholderFromJson } from '@clipseg/core/postprocess';
import {
  compositionStrategy,
  maskingFromJson,
  readPromptBank,
  writePromptBank,
} from '@clipseg/core/prompts';
import { imageMask, regionMask } from '@clipseg/core/raster';
import { openAiCleaning } from '../../../packages/core/src/model/openai-cleaning.js';
import { readEmbeddings } from '../../../packages/core/src/prompts/bank/embeddings-file.js';
import { mapLeaves } from '../../../packages/core/src/prompts/composition/tree.js';
import { mutateText } from '../generators/bytes.js';
import { jsonText, mutateValue } from '../generators/json.js';
import { promptText } from '../generators/prompt-text.js';
import { safetensors } from '../generators/safetensors.js';
import { promise, target } from '../target.js';

const TREE = and('a cat', term('a dog', { weight: 2, threshold: 0.4, grow: -3 })).compose;
const EMBEDDING = Float32Array.of(0.1, -0.2, 0.3, 0.4);
const BANK = writePromptBank({
  model: 'abc/fp32',
  prompts: [
    { label: 'a cat', embedding: EMBEDDING },
    {
      label: 'both',
      compose: mapLeaves(TREE, (label) => ({ label: String(label), embedding: EMBEDDING })),
    },
  ],
});
const bankHeader = JSON.parse(
  new TextDecoder().decode(
    BANK.subarray(8, 8 + Number(new DataView(BANK.buffer).getBigUint64(0, true))),
  ),
);
const BANK_DATA = BANK.subarray(BANK.length - 3 * 16);
const METADATA = bankHeader.__metadata__ as Record<string, string>;

const REGIONS = [
  { mask: new Uint8Array(24).fill(1) },
  { box: [1, 1, 4, 3] },
  { point: [2, 2], radius: 1.5 },
  {
    polygon: [
      [0, 0],
      [5, 0],
      [3, 3.5],
    ],
  },
  {
    scribble: [
      [0, 0],
      [5, 3],
    ],
    lineWidth: 2,
  },
];
const PIPELINE = [
  'feather',
  { name: 'refine', refiner: { name: 'guided', radius: 4, epsilon: 0.01 } },
  { name: 'threshold', method: { name: 'hysteresis', low: 0.3, high: 0.6 } },
  { name: 'morphology', open: 1, close: 2, minArea: 3, fillHoles: 2 },
  { name: 'instances', connectivity: 8, minArea: 2, split: 0.5, top: 3 },
  { name: 'largest', count: 1 },
  {
    name: 'strokes',
    byLabel: {
      p: [
        {
          points: [
            [1, 1],
            [3, 3],
          ],
          width: 2,
        },
      ],
    },
  },
  { name: 'feather', radius: 2 },
  { name: 'matte', radius: 2, epsilon: 0.01 },
];
const MASKING = [
  { name: 'crop', context: 0.1, box: 'original' },
  { name: 'blur', sigma: 2 },
  { name: 'outline', lineWidth: 3, color: [255, 0, 0] },
  { name: 'token-mask', form: 'additive', attention: 'all', layers: [0, 1] },
];
const THRESHOLDERS = [
  0.5,
  'otsu',
  { name: 'fixed', value: 0.4 },
  { name: 'perLabel', thresholds: { p: 0.2 } },
  { name: 'perLabel', threshold: 0.5, thresholds: { p: 0.3 }, presence: 0.4 },
  { name: 'percentile', percent: 90, least: 0.1 },
  { name: 'areaTarget', share: 0.2 },
  { name: 'relativeToMaximum', share: 0.5 },
];
const DATA = {
  width: 6,
  height: 4,
  resolution: [2, 3],
  timings: { decode: 1 },
  crop: [0, 0, 6, 4],
  maps: [Float32Array.of(1, -1, 2, -2, 0, 3), new Float32Array(6)],
  prompts: [
    { label: 'p', compose: { op: 'prompt', prompt: 0 } },
    {
      label: 'q',
      compose: {
        op: 'and',
        terms: [
          { op: 'prompt', prompt: 0 },
          { op: 'not', terms: [{ op: 'prompt', prompt: 1, grow: 2 }] },
        ],
      },
    },
  ],
};
const IMAGE = { width: 6, height: 4, channels: 4, data: new Uint8Array(96).fill(90) };

const WORDS = [
  '+',
  '=',
  'crop',
  'blur',
  'darken',
  '0.1',
  '-',
  '1e9',
  '_',
  'paper',
  'outline',
  '\0',
  'x',
];
const core = 'core/src';

export const promptTargets = [
  target({
    name: 'composition texts',
    covers: [`${core}/prompts/composition/parse.ts`],
    weight: 2,
    input: (random) => promptText(random),
    run(text) {
      const prompt = parsePrompt(text);
      promise(typeof prompt === 'string' || typeof prompt.label === 'string', 'no label');
    },
  }),
  target({
    name: "texts cleaned as OpenAI's",
    covers: [`${core}/model/openai-cleaning.ts`],
    weight: 0.5,
    input: (random) =>
      mutateText(
        random,
        ['a &amp; “b” &#x41;', 'x'],
        ['&', ';', '&#', '<', '\0', '\ud800', 'ﬁ', '\x1b[1m', '\x85', '&amp;'],
      ),
    run: (text) => promise(!/\s\s/.test(openAiCleaning(text)), 'two spaces'),
  }),
  target({
    name: 'composition trees',
    covers: [`${core}/prompts/composition/tree.ts`],
    input: (random) => mutateValue(random, TREE),
    run(tree) {
      mapLeaves(tree as typeof TREE, (leaf) => leaf);
      compositionStrategy().compose({ compose: tree as typeof TREE });
    },
  }),
  target({
    name: 'prompt banks',
    covers: [
      `${core}/prompts/bank/prompt-bank.ts`,
      `${core}/prompts/bank/embeddings-file.ts`,
      `${core}/util/safetensors-header.ts`,
    ],
    input(random) {
      if (random.chance(0.4)) return safetensors(random, bankHeader, BANK_DATA);
      const field = random.pick(['prompts', 'labels']);
      const changed = {
        ...METADATA,
        [field]: jsonText(random, JSON.parse(METADATA[field]!)),
      };
      return safetensors(random, { ...bankHeader, __metadata__: changed }, BANK_DATA);
    },
    run(file) {
      readEmbeddings(file);
      for (const { label } of readPromptBank(file).prompts) {
        promise(typeof label === 'string', 'a label is not a text');
      }
    },
  }),
  target({
    name: 'regions',
    covers: [`${core}/raster/region.ts`],
    input: (random) => mutateValue(random, random.pick(REGIONS)),
    run: (region) =>
      promise(regionMask(region as never, { width: 6, height: 4 }).includes(1), 'an empty mask'),
  }),
  target({
    name: 'pipelines',
    covers: [`${core}/postprocess/pipeline-json.ts`],
    weight: 2,
    input(random) {
      const steps = random.list(random.from(1, 3), () => random.pick(PIPELINE));
      const list = random.chance(0.5) ? steps : ['refine', { name: 'threshold' }, ...steps];
      return random.chance(0.3) ? jsonText(random, list) : mutateValue(random, list);
    },
    run(json) {
      const steps = pipelineFromJson(json);
      const data = DATA as never;
      postprocess(createSegmentation(data), steps, { image: IMAGE as never });
      pipelineFromJson(JSON.stringify(steps));
    },
  }),
  target({
    name: 'thresholders',
    covers: [`${core}/util/plugin-table.ts`],
    input: (random) => mutateValue(random, random.pick(THRESHOLDERS)),
    run(json) {
      const own = thresholderFromJson(json);
      promise(typeof own.name === 'string', 'no name');
    },
  }),
  target({
    name: 'segmentation data',
    covers: [`${core}/segmentation/segmentation.ts`],
    input: (random) => mutateValue(random, DATA),
    run(data) {
      const result = createSegmentation(data as never);
      // Masks are as large as the source, up to 2^28 pixels: skip large ones.
      if (result.width * result.height > 2 ** 20) return;
      for (const segment of result.segments) {
        promise(segment.logits.length > 0, 'no logits');
        promise(segment.mask().length === result.width * result.height, 'size and mask');
        segment.probabilities();
      }
    },
  }),
  target({
    name: 'raw pictures',
    covers: [`${core}/image/raw-image.ts`],
    input: (random) => mutateValue(random, IMAGE),
    run(image) {
      const rgb = toRgb(checkRawImage(image));
      promise(rgb.data.length === rgb.width * rgb.height * 3, 'size and data');
      imageMask(rgb);
    },
  }),
  target({
    name: 'masking modes',
    covers: [`${core}/prompts/masking/modes.ts`],
    input: (random) => mutateText(random, ['crop=0.15+darken=0.1', 'blur3_highlight01'], WORDS),
    run: (mode) => promise(maskingFromJson(mode).length > 0, 'no strategies'),
  }),
  target({
    name: 'masking strategies',
    covers: [`${core}/prompts/masking/masking-from-json.ts`],
    input: (random) => mutateValue(random, MASKING),
    run(json) {
      const strategies = maskingFromJson(json);
      promise(
        strategies.every(({ name }) => typeof name === 'string'),
        'no name',
      );
      maskingFromJson(JSON.parse(JSON.stringify(strategies)));
    },
  }),
  target({
    name: 'model sizes',
    covers: [`${core}/image/resolution.ts`],
    input: (random) => mutateValue(random, random.pick([352, [352, 480], { longestSide: 352 }])),
    run(size) {
      const [height, width] = resolutionOf(size as never, IMAGE, [64, 64], 16);
      promise(height % 16 === 0 && width % 16 === 0 && height * width > 0, 'not patches');
    },
  }),
];
