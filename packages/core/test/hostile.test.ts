import * as core from '@clipseg/core';
import * as evaluation from '@clipseg/core/evaluation';
import * as formats from '@clipseg/core/formats';
import * as internal from '@clipseg/core/internal';
import * as model from '@clipseg/core/model';
import * as masks from '@clipseg/core/postprocess';
import * as prompts from '@clipseg/core/prompts';
import * as raster from '@clipseg/core/raster';
import { describe, expect, it } from 'vitest';
import { faultOf, hostileValues, replaced } from './support/hostile.js';

// Every public function, with arguments that are right. Each part of them is then replaced by what
// is not: whatever comes out, it is a value or a ClipSegError whose message is short, and it comes
// soon.

const size = { width: 4, height: 3 };
const mask = Uint8Array.of(0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0);
const image = { ...size, channels: 3 as const, data: new Uint8Array(36) };
const polygons = raster.contours(mask, size);
const shapes = [{ label: 'a', polygons, score: 0.5 }];
const scores = masks.scoreMap(new Float32Array(12).fill(-1), size, 'logit');
const instance = masks.findInstances(mask, size);
const segmented = { label: 'a', ...size, mask: () => mask };
const data: core.SegmentationData = {
  ...size,
  resolution: [2, 2],
  maps: [Float32Array.of(1, -1, 2, -2)],
  timings: {},
  prompts: [{ label: 'a', compose: { op: 'and', terms: [{ op: 'prompt', prompt: 0 }] } }],
};
const segmentation = core.createSegmentation(data);
const ring = [0, 0, 4, 0, 4, 3];
const pipeline = [
  { name: 'refine', refiner: { name: 'guided', radius: 2, epsilon: 0.1 } },
  { name: 'threshold', method: { name: 'perLabel', thresholds: { a: 0.5 }, threshold: 0.4 } },
  { name: 'morphology', close: 1, fillHoles: true, minArea: 2 },
  { name: 'instances', connectivity: 8, minArea: 1, sort: 'area', top: 3, split: 0.5 },
  { name: 'strokes', all: [{ points: [[1, 1]], width: 2, erase: true }], byLabel: { a: [] } },
  { name: 'feather', radius: 1 },
  { name: 'matte', radius: 1, epsilon: 0.1 },
  { name: 'largest', count: 1 },
  { name: 'band', min: 0.1, max: 0.9 },
];
const bank = prompts.writePromptBank({
  model: 'm',
  prompts: [{ label: 'a', embedding: Float32Array.of(1, 2) }],
});

type Case = readonly [name: string, run: (...parts: never[]) => unknown, parts: readonly unknown[]];

const written = (writers: never, names: never): unknown => [
  ...formats.writeFormats(
    { file: 'a.png', image, segmentation, processed: masks.postprocess(segmentation) },
    writers,
    names,
  ),
];

const ofMasks: readonly Case[] = [
  ['union', raster.union, [[mask, mask], size]],
  ['intersection', raster.intersection, [[mask, mask], size]],
  ['subtraction', raster.subtraction, [[mask, mask], size]],
  ['inversion', raster.inversion, [mask, size]],
  ['bandAlpha', masks.bandAlpha, [scores, 0.2, 0.8]],
  ['featherAlpha', masks.featherAlpha, [mask, size, 2]],
  ['matteAlpha', masks.matteAlpha, [mask, image, { radius: 2, epsilon: 0.1 }]],
  ['brush', raster.brush, [mask, size, [{ points: [[1, 1]], width: 2, erase: true }]]],
  ['cocoMask, RLE', raster.cocoMask, [{ size: [3, 4], counts: [4, 8] }, size]],
  ['cocoMask, string', raster.cocoMask, [raster.encodeCocoRle(mask, size), size]],
  ['cocoMask, polygons', raster.cocoMask, [[ring], size]],
  ['cocoPolygonMask', raster.cocoPolygonMask, [[ring], size]],
  ['cocoArea', raster.cocoArea, [{ size: [3, 4], counts: [4, 8] }]],
  ['cocoBox', raster.cocoBox, [{ size: [3, 4], counts: [4, 8] }]],
  ['decodeCocoRle', raster.decodeCocoRle, [{ size: [3, 4], counts: [4, 8] }]],
  ['encodeCocoRle', raster.encodeCocoRle, [mask, size, { compressed: false }]],
  ['contours', raster.contours, [mask, size, { scores, threshold: 0.5, connectivity: 8 }]],
  ['dilate', raster.dilate, [mask, size, 1]],
  ['erode', raster.erode, [mask, size, 1]],
  ['distances', raster.distances, [mask, size, { to: 'inside' }]],
  ['findInstances', masks.findInstances, [mask, size, { connectivity: 4, minArea: 1, scores }]],
  ['instanceMask', masks.instanceMask, [instance, size]],
  ['closing', raster.closing, [mask, size, 1]],
  ['opening', raster.opening, [mask, size, 1]],
  ['fillHoles', raster.fillHoles, [mask, size, 3]],
  ['removeSmall', raster.removeSmall, [mask, size, 3]],
  ['polygonArea', raster.polygonArea, [polygons[0]]],
  ['polygonMask', raster.polygonMask, [polygons, size]],
  ['simplify', raster.simplify, [polygons, { tolerance: 1, points: 9 }]],
  ['smoothing', raster.smoothing, [mask, size, 2]],
  ['scoreMap', masks.scoreMap, [new Float32Array(12), size, 'logit']],
  ['aboveProbability', masks.aboveProbability, [scores, 0.5]],
  ['scoresOf', masks.scoresOf, [segmentation, 0]],
  ['draftMasks', masks.draftMasks, [segmentation, [masks.threshold(0.5)], { image }]],
  ['postprocess', masks.postprocess, [segmentation, [masks.threshold(0.5)], { image }]],
  ['pipelineFromJson', masks.pipelineFromJson, [pipeline, { steps: {}, refiners: {} }]],
  ['pipelineFromJson, text', masks.pipelineFromJson, [JSON.stringify(pipeline)]],
  ['thresholderFromJson', masks.thresholderFromJson, [{ name: 'percentile', percent: 90 }, {}]],
  ['definePostProcessor', masks.definePostProcessor, [{ name: 'a', apply: () => {} }]],
  ['defineThresholder', masks.defineThresholder, [{ name: 'a', options: {}, level: () => 0.5 }]],
  ['defineRefiner', masks.defineRefiner, [{ name: 'a', options: { b: 2 }, refine: () => {} }]],
  ['guided', masks.guided, [{ radius: 2, epsilon: 0.1, guide: 'grey' }]],
  ['guided.refine', (s: never, i: never) => masks.guided().refine(s, i), [scores, image]],
  ['band', masks.band, [{ min: 0.1, max: 0.9 }]],
  ['instances', masks.instances, [{ connectivity: 4, minArea: 1, sort: 'area', top: 2 }]],
  ['largest', masks.largest, [{ count: 1 }]],
  ['morphology', masks.morphology, [{ close: 1, fillHoles: true, smooth: 2 }]],
  ['refine', masks.refine, [{ radius: 2 }]],
  ['feather', masks.feather, [{ radius: 2 }]],
  ['matte', masks.matte, [{ radius: 2, epsilon: 0.1 }]],
  ['strokes', masks.strokes, [{ all: [{ points: [[1, 1]], width: 2 }], byLabel: { a: [] } }]],
  ['threshold', masks.threshold, [0.5]],
  ['areaTarget', masks.areaTarget, [{ share: 0.5, least: 0.1 }]],
  ['fixed', masks.fixed, [{ value: 0.5 }]],
  ['hysteresis', masks.hysteresis, [{ low: 0.1, high: 0.5 }]],
  ['otsu', masks.otsu, [{ least: 0.1 }]],
  ['percentile', masks.percentile, [{ percent: 50, least: 0.1 }]],
  ['perLabel', masks.perLabel, [{ thresholds: { a: 0.5 }, threshold: 0.5 }]],
  ['relativeToMaximum', masks.relativeToMaximum, [{ share: 0.5, least: 0.1 }]],
  ['triangle', masks.triangle, [{ least: 0.1 }]],
];

const pictures = [{ file: 'a.jpg', ...size, segments: [segmented] }];
const coco = formats.toCoco(pictures);
const png = formats.toMaskPng(mask, size);

const ofFormats: readonly Case[] = [
  ['colorOf', formats.colorOf, [1]],
  ['colorTable', formats.colorTable, ['viridis']],
  ['toRgba', formats.toRgba, [image]],
  ['plannedFiles', formats.plannedFiles, [[formats.formatWriters.mask], ['a']]],
  ['writeFormats', written, [[formats.formatWriters.coco], ['a']]],
  ['toCoco', formats.toCoco, [pictures, { segmentation: 'polygons', tolerance: 1 }]],
  ['fromCoco', (json: unknown) => [...formats.fromCoco(json)], [coco]],
  ['fromCoco, text', (json: unknown) => [...formats.fromCoco(json)], [JSON.stringify(coco)]],
  ['toGeoJson', formats.toGeoJson, [shapes]],
  ['fromGeoJson', formats.fromGeoJson, [formats.toGeoJson(shapes)]],
  ['toLabelMe', formats.toLabelMe, [shapes, size, 'a.jpg']],
  ['fromLabelMe', formats.fromLabelMe, [formats.toLabelMe(shapes, size, 'a.jpg')]],
  ['toYolo', formats.toYolo, [shapes, size, ['a']]],
  ['fromYolo', formats.fromYolo, ['0 0 0 0.5 0 0.5 0.5\n', size, ['a']]],
  ['toSvg', formats.toSvg, [shapes, size, { image: 'x', opacity: 1, colors: {} }]],
  ['fromSvg', formats.fromSvg, [formats.toSvg(shapes, size)]],
  ['svgPath', formats.svgPath, [polygons, 2]],
  ['parseSvgPath', formats.parseSvgPath, ['M0 0L4 0V3Z']],
  ['toNpy', formats.toNpy, [mask, [3, 4]]],
  ['fromNpy', formats.fromNpy, [formats.toNpy(mask, [3, 4])]],
  [
    'shapesOf',
    formats.shapesOf,
    [
      { ...segmented, instances: instance },
      { tolerance: 1, scores },
    ],
  ],
  ['heatMap', formats.heatMap, [scores, { image, map: 'viridis', opacity: 1, min: 0, max: 1 }]],
  ['overlay', formats.overlay, [image, [segmented], { opacity: 1, outline: 1, dim: 0.5 }]],
  [
    'toOverlayPng',
    formats.toOverlayPng,
    [image, [{ mask: () => mask, label: 'a', color: [1, 2, 3] }]],
  ],
  [
    'cutout',
    formats.cutout,
    [image, { mask: () => mask, alpha: mask }, { crop: 1, background: [1, 2, 3] }],
  ],
  ['toMaskPng', formats.toMaskPng, [mask, size, { bits: 8 }]],
  ['fromMaskPng', formats.fromMaskPng, [png]],
  ['toGreyPng', formats.toGreyPng, [mask, size]],
  ['toProbabilityPng', formats.toProbabilityPng, [new Float32Array(12), size]],
  ['fromProbabilityPng', formats.fromProbabilityPng, [png]],
  ['toCategoryPng', formats.toCategoryPng, [{ ...size, data: mask }, [[1, 2, 3]]]],
  ['fromCategoryPng', formats.fromCategoryPng, [png]],
  ['toPng', formats.toPng, [image]],
];

const files = (texts: Readonly<Record<string, string>>): evaluation.DatasetFiles => ({
  name: 'set',
  text: async (path) => (Object.hasOwn(texts, path) ? texts[path]! : ''),
  list: async (folder) =>
    folder === '' ? Object.keys(texts) : folder === 'images' ? ['a.jpg'] : [],
  image: (path) => path,
  pixels: async () => ({ ...size, channels: 1, data: mask }),
});

/** All of a data set, with its truths. */
async function readAll(set: evaluation.Dataset): Promise<void> {
  for await (const { examples } of set.pictures()) for (const one of examples) await one.truth();
}
/** Nothing where JSON cannot say it. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
const cocoFile = (json: unknown) => files({ 'instances.json': jsonOf(json) });

const annotations = [
  {
    image: 'a.jpg',
    size: [3, 4],
    prompts: [{ text: 'a', rle: { size: [3, 4], counts: [4, 8] }, kind: 'text', category: 'a' }],
    image_prompts: [
      {
        label: 'a',
        polygons: [ring],
        support: 'b.jpg',
        support_size: [3, 4],
        support_polygons: [ring],
      },
    ],
  },
];
const tasks = [
  {
    image_id: 1,
    phrase: 'a',
    Polygons: [
      [
        [
          [0, 0],
          [4, 0],
          [4, 3],
        ],
      ],
    ],
  },
];
const imageData = [{ image_id: 1, width: 4, height: 3 }];
const phraseCutFiles = (list: unknown, sizes: unknown) =>
  files({
    'refer_test.json': jsonOf(list),
    'image_data_split3000.json': jsonOf(sizes),
  });

const kind = {
  kind: 'text',
  best: { threshold: 0.5, score: 0.5 },
  presence: { threshold: 1 },
  categories: [{ category: 'a', count: 9, best: { threshold: 0.5, score: 0.5 } }],
};

const ofEvaluation: readonly Case[] = [
  [
    'folderDataset, JSON',
    (json: unknown) =>
      readAll(evaluation.folderDataset(files({ 'annotations.json': jsonOf(json) }))),
    [annotations],
  ],
  [
    'folderDataset, options',
    (options: never) =>
      readAll(
        evaluation.folderDataset(
          files({ 'annotations.json': JSON.stringify(annotations) }),
          options,
        ),
      ),
    [{ templates: 'plain', ensemble: 'logits', masking: 'crop', supportResolution: 64, mix: 0.5 }],
  ],
  ['cocoDataset, JSON', (json: unknown) => readAll(evaluation.cocoDataset(cocoFile(json))), [coco]],
  [
    'cocoDataset, options',
    (options: never) => readAll(evaluation.cocoDataset(cocoFile(coco), options)),
    [{ classes: ['a'], prompts: ['text', 'image', 'mix'], shots: 1, seed: 0, images: 'images' }],
  ],
  [
    'coco20i',
    (options: never) => readAll(evaluation.coco20i(cocoFile(coco), options)),
    [{ fold: 0, prompts: ['text'] }],
  ],
  [
    'pascal5i',
    (options: never) =>
      readAll(evaluation.pascal5i(files({ 'ImageSets/Segmentation/val.txt': 'a\n' }), options)),
    [{ fold: 0, list: 'ImageSets/Segmentation/val.txt' }],
  ],
  [
    'phraseCut, JSON',
    (list: never, sizes: never) => readAll(evaluation.phraseCut(phraseCutFiles(list, sizes))),
    [tasks, imageData],
  ],
  [
    'phraseCut, options',
    (options: never) => readAll(evaluation.phraseCut(phraseCutFiles(tasks, imageData), options)),
    [{ split: 'test', templates: ['a {}'], ensemble: 'embedding' }],
  ],
  ['calibrate', evaluation.calibrate, [{ kinds: [kind] }, { kind: 'text', minExamples: 2 }]],
];

const ofMetrics: readonly Case[] = [
  ['boundaryF', evaluation.boundaryF, [mask, mask, size, { tolerance: 1 }]],
  ['confusion', evaluation.confusion, [mask, mask]],
  ['maskScores', evaluation.maskScores, [{ tp: 1, fp: 1, fn: 1, tn: 1 }]],
  ['pixelCounts', evaluation.pixelCounts, [{ steps: 10 }]],
  [
    'pixelCounts.add',
    (p: never, t: never) => evaluation.pixelCounts().add(p, t),
    [
      [0.5, 0.1],
      [1, 0],
    ],
  ],
  [
    'fixedIntervalMetrics.add',
    (p: never, t: never, c: never) => evaluation.fixedIntervalMetrics().add(p, t, c),
    [[0.5, 0.1], [1, 0], 1],
  ],
  ['auroc', evaluation.auroc, [[1, 2], [0]]],
  ['bestOperatingPoint', evaluation.bestOperatingPoint, [[1, 2], [0]]],
];

const maskedPixels = {
  width: 4,
  height: 4,
  pixels: new Float32Array(48),
  mask: new Float32Array(16).fill(1),
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const applied = (make: (options: never) => { apply: unknown }) => (options: never) =>
  prompts.applyMasking(maskedPixels as never, [make(options) as never], [4, 4]);

const ofMasking: readonly Case[] = [
  ['blur', applied(prompts.blur), [{ sigma: 2 }]],
  ['darken', applied(prompts.darken), [{ background: 0.5 }]],
  ['shift', applied(prompts.shift), [{ by: 0.5 }]],
  ['crop', applied(prompts.crop), [{ context: 0.1, box: 'original' }]],
  ['outline', applied(prompts.outline), [{ lineWidth: 2, color: [255, 0, 0] }]],
  ['colorize', applied(prompts.colorize), [{ color: [255, 0, 0], background: 0.5 }]],
  ['rectangle', applied(prompts.rectangle), [{ color: [255, 0, 0], lineWidth: 2, box: 'region' }]],
  ['tokenMask', applied(prompts.tokenMask), [{ form: 'additive', attention: 'all', layers: [0] }]],
  ['maskingFromJson, a name', prompts.maskingFromJson, ['blur3_highlight01']],
  ['maskingFromJson', prompts.maskingFromJson, [[{ name: 'crop', context: 0.2 }, prompts.blur()]]],
  ['defineMasking', prompts.defineMasking, [{ name: 'a', options: { b: 1 }, apply: () => {} }]],
];

const sizeOf = (wanted: never) => model.resolutionOf(wanted, size, [352, 352], 16);
const vocab = { '<|startoftext|>': 2, '<|endoftext|>': 3, a: 0, 'a</w>': 1 };
const tokenizerJson = model.clipTokenizerJson(vocab, '');
const limits = { maxPositionEmbeddings: 77, vocabSize: 4 };

const ofCore: readonly Case[] = [
  ['categoryMask', core.categoryMask, [segmentation, { background: { logit: 0 }, bias: { a: 1 } }]],
  ['categoryMask, label', core.categoryMask, [segmentation, { background: { label: 'a' } }]],
  ['categoryMask, share', core.categoryMask, [segmentation, { background: { threshold: 0.5 } }]],
  ['presence', core.presence, [{ logits: Float32Array.of(1, 2) }, { threshold: 1 }]],
  ['createSegmentation', core.createSegmentation, [data]],
  [
    'Segment.mask',
    (options: never) => core.createSegmentation(data).segments[0]?.mask(options),
    [{ threshold: 0.5 }],
  ],
  ['maskArea', core.maskArea, [mask]],
  ['checkThreshold', internal.checkThreshold, [0.5]],
  ['regionMask, box', raster.regionMask, [{ box: [0, 0, 2, 2] }, size]],
  ['regionMask, mask', raster.regionMask, [{ mask }, size]],
  ['regionMask, point', raster.regionMask, [{ point: [1, 1], radius: 2 }, size]],
  [
    'regionMask, polygon',
    raster.regionMask,
    [
      {
        polygon: [
          [0, 0],
          [4, 0],
          [4, 3],
        ],
      },
      size,
    ],
  ],
  ['regionMask, scribble', raster.regionMask, [{ scribble: [[0, 0]], lineWidth: 2 }, size]],
  ['imageMask', raster.imageMask, [image]],
  ['readPromptBank', prompts.readPromptBank, [bank, { model: { id: 'm' } }]],
  [
    'writePromptBank',
    prompts.writePromptBank,
    [{ model: 'm', prompts: [{ label: 'a', embedding: Float32Array.of(1, 2) }] }],
  ],
  [
    'bankStrategy',
    prompts.bankStrategy,
    [{ model: 'm', prompts: [{ label: 'a', embedding: Float32Array.of(1) }] }],
  ],
  ['parsePrompt', core.parsePrompt, ['a AND NOT b:2 {+1}']],
  ['and', core.and, ['a', { compose: { op: 'not', terms: [{ op: 'prompt', prompt: 'b' }] } }]],
  ['not', core.not, ['a']],
  ['minus', core.minus, ['a', 'b']],
  ['term', core.term, ['a', { weight: 1, threshold: 0.5, grow: 1 }]],
  ['or', core.or, ['a', 'b']],
  ['sum', core.sum, ['a', 'b']],
  ['mean', core.mean, ['a', 'b']],
  ['text', core.text, ['a', { label: 'b' }]],
  ['template', noted(core.template), ['a', { templates: 'plain', ensemble: 'logits', label: 'b' }]],
  [
    'template of a composition',
    noted(core.template),
    [core.and('a', core.text('b')), { templates: 'plain', ensemble: 'logits' }],
  ],
  ['image', core.image, [image, { region: { mask }, masking: 'paper', label: 'a' }]],
  ['image, several', core.image, [[image, core.image(image)], { label: 'a' }]],
  ['mix', core.mix, ['a', core.and('b', 'c')]],
  ['mix with weights', core.mix, [['a', 'b'], { weights: [1, 2], label: 'c' }]],
  ['embedding', core.embedding, [Float32Array.of(1), { label: 'a' }]],
  ['createTokenizer, JSON', encoded, [{ tokenizerJson }, limits]],
  ['createTokenizer, files', encoded, [{ vocab, merges: 'a a</w>\n' }, limits]],
  ['clipTokenizerJson', model.clipTokenizerJson, [vocab, 'a a</w>\n']],
  ['resolutionOf', sizeOf, [64]],
  ['resolutionOf, list', sizeOf, [[64, 64]]],
  ['resolutionOf, side', sizeOf, [{ longestSide: 64 }]],
  ['resize', model.resize, [image, [2, 2], 'bilinear']],
  ['upsampleBilinear', model.upsampleBilinear, [new Float32Array(4), [2, 2], [4, 4]]],
  ['checkRawImage', model.checkRawImage, [image]],
  ['isEncodedImage', core.isEncodedImage, [image]],
  ['seededRandom', internal.seededRandom, [1]],
];

/** Without what it gives: a promise would look into it. */
function noted<A extends unknown[]>(run: (...parts: A) => unknown): (...parts: A) => void {
  return (...parts) => void run(...parts);
}

function encoded(tokenizerFiles: never, of: never): unknown {
  return model.createTokenizer(tokenizerFiles, of).encode('a a');
}

const all = [...ofMasks, ...ofFormats, ...ofEvaluation, ...ofMetrics, ...ofMasking, ...ofCore];

describe('whatever a function is given, it gives a value or a ClipSegError', () => {
  it.each(all)('%s', async (_, run, parts) => {
    await run(...(parts as never[])); // these are right
    const faults = new Set<string>();
    for (const [name, value] of hostileValues) {
      for (const [at, own] of replaced(parts, value)) {
        if (at === '') continue;
        const fault = await faultOf(() => run(...(own as never[])));
        if (fault !== undefined) faults.add(`${name} as ${at}: ${fault}`);
      }
    }
    expect([...faults]).toEqual([]);
  });
});

const reasons = (reason: string, ...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, reason]));

/** Public functions without a line above, and why. */
const exempt: Readonly<Record<string, string>> = {
  ...reasons(
    'takes no arguments',
    ...['none', 'greyscale', 'highlight', 'highlight2', 'shape', 'paperMasking', 'textStrategy'],
    ...['templateStrategy', 'ensembleStrategy', 'compositionStrategy', 'embeddingStrategy'],
    ...['imageStrategy', 'mixStrategy'],
  ),
  ...reasons(
    'has hostile tests beside its source',
    ...['createClipSeg', 'parseManifest', 'openSource', 'parseConfig', 'parsePreprocessing'],
  ),
  ...reasons(
    'a tool for converters, tests and reports, which takes checked values',
    ...[
      'runDecoder',
      'runTextEncoder',
      'runVisionEncoder',
      'runVisionHead',
      'pixelValues',
      'toRgb',
    ],
    ...['eosPosition', 'listedFile', 'interpolatePositionEmbedding', 'selfCheckPixels'],
    ...['throwIfAborted', 'supportMask', 'applyMasking', 'evaluate', 'evaluationHtml'],
    ...['evaluationRows', 'evaluationTable', 'markdownTable', 'addConfusions', 'operatingPoint'],
    ...['pictureFormat', 'latest', 'ClipSegError', 'readManifest'],
  ),
};

it('names every public function, or says why not', () => {
  const namespaces = { core, evaluation, formats, model, masks, prompts, raster };
  const functions = Object.values(namespaces).flatMap((exported) =>
    Object.entries(exported).flatMap(([name, value]) =>
      typeof value === 'function' ? [name] : [],
    ),
  );
  const named = new Set(all.map(([name]) => name.split(/[^\w]/, 1)[0]!));
  const missing = [...new Set(functions)].filter((name) => !named.has(name) && !(name in exempt));
  expect(missing).toEqual([]);
});
