import { toMaskPng } from '@clipseg/core/formats';
import { findInstances, postprocess, refine, threshold } from '@clipseg/core/postprocess';
import { contours, encodeCocoRle, opening, simplify } from '@clipseg/core/raster';
import { makeLogits, makeMask, makeSegmentation, readImage, SIDE, size } from './masks-input.js';

// Each contender prepares its input and returns the work to measure. It loads its libraries itself,
// so that no contender has another's library in memory.

/** Prepares the work, which can then be repeated. */
type Contender = () => Promise<() => unknown>;

export interface Row {
  readonly name: string;
  /** Target in ms. */
  readonly target?: number;
  readonly ours: Contender;
  readonly others: Readonly<Record<string, Contender>>;
}

const { width, height } = size;
const toleranceOfOutlines = 1;

/** Wrapped in an object, as the module has a `then` that an async function would await forever. */
async function openCv() {
  const { default: cv } = await import('@techstark/opencv-js');
  const starting = cv as { Mat?: unknown; onRuntimeInitialized?: () => void };
  if (!starting.Mat) {
    await new Promise<void>((done) => {
      starting.onRuntimeInitialized = done;
    });
  }
  return { cv };
}
type Cv = Awaited<ReturnType<typeof openCv>>['cv'];

function matOf(cv: Cv, mask: Uint8Array) {
  const mat = new cv.Mat(height, width, cv.CV_8UC1);
  mat.data.set(mask);
  return mat;
}

const upsampling: Row = {
  name: 'upsample and threshold',
  target: 60,
  ours: async () => {
    const segmentation = makeSegmentation();
    return () => postprocess(segmentation, [threshold()]);
  },
  others: {
    sharp: async () => {
      const { default: sharp } = await import('sharp');
      sharp.concurrency(1);
      const levels = Uint8Array.from(makeLogits(), (v) => Math.round(255 / (1 + Math.exp(-v))));
      const raw = { width: SIDE, height: SIDE, channels: 1 } as const;
      return () =>
        sharp(levels, { raw })
          .resize(width, height, { fit: 'fill', kernel: 'linear' })
          .threshold(128)
          .raw()
          .toBuffer();
    },
    'opencv-js': async () => {
      const { cv } = await openCv();
      const map = cv.matFromArray(SIDE, SIDE, cv.CV_32FC1, [...makeLogits()]);
      const [large, mask] = [new cv.Mat(), new cv.Mat()];
      return () => {
        cv.resize(map, large, new cv.Size(width, height), 0, 0, cv.INTER_LINEAR);
        cv.threshold(large, mask, 0, 1, cv.THRESH_BINARY);
      };
    },
    'image-js': async () => {
      const { Image } = await import('image-js');
      const levels = Uint8Array.from(makeLogits(), (v) => Math.round(255 / (1 + Math.exp(-v))));
      const map = new Image(SIDE, SIDE, { data: levels, colorModel: 'GREY' });
      return () =>
        map.resize({ width, height, interpolationType: 'bilinear' }).threshold({ threshold: 0.5 });
    },
  },
};

/** The guided filter of the paper, with OpenCV's box filters and a grey guide. */
function textbook(cv: Cv, guide: InstanceType<Cv['Mat']>, scores: InstanceType<Cv['Mat']>) {
  const window = new cv.Size(231, 231);
  const box = (mat: InstanceType<Cv['Mat']>) => {
    const result = new cv.Mat();
    cv.boxFilter(mat, result, cv.CV_32F, window);
    return result;
  };
  const [product, square] = [new cv.Mat(), new cv.Mat()];
  cv.multiply(guide, scores, product);
  cv.multiply(guide, guide, square);
  const [meanI, meanP, corrIp, corrII] = [box(guide), box(scores), box(product), box(square)];
  cv.multiply(meanI, meanP, product);
  cv.subtract(corrIp, product, corrIp); // covariance
  cv.multiply(meanI, meanI, square);
  cv.subtract(corrII, square, corrII); // variance
  const epsilon = new cv.Mat(height, width, cv.CV_32FC1, new cv.Scalar(1e-3));
  cv.add(corrII, epsilon, corrII);
  cv.divide(corrIp, corrII, corrIp); // a
  cv.multiply(corrIp, meanI, product);
  cv.subtract(meanP, product, meanP); // b
  const [a, b] = [box(corrIp), box(meanP)];
  cv.multiply(a, guide, product);
  cv.add(product, b, product);
  const mask = new cv.Mat();
  cv.threshold(product, mask, 0.5, 1, cv.THRESH_BINARY);
  for (const mat of [product, square, meanI, meanP, corrIp, corrII, epsilon, a, b, mask])
    mat.delete();
}

const refining: Row = {
  name: 'guided refinement, color guide, and threshold',
  target: 400,
  ours: async () => {
    const [segmentation, image] = [makeSegmentation(), await readImage()];
    return () => postprocess(segmentation, [refine(), threshold()], { image });
  },
  others: {
    'opencv-js (textbook, grey guide)': async () => {
      const { cv } = await openCv();
      const { data } = await readImage();
      const grey = new cv.Mat(height, width, cv.CV_32FC1);
      for (let i = 0; i < width * height; i++) {
        grey.data32F[i] =
          (0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!) / 255;
      }
      const p = Array.from(makeLogits(), (v) => 1 / (1 + Math.exp(-v)));
      const small = cv.matFromArray(SIDE, SIDE, cv.CV_32FC1, p);
      return () => {
        const scores = new cv.Mat();
        cv.resize(small, scores, new cv.Size(width, height), 0, 0, cv.INTER_LINEAR);
        textbook(cv, grey, scores);
        scores.delete();
      };
    },
  },
};

const components: Row = {
  name: 'connected components with box, area, centroid',
  target: 120,
  ours: async () => {
    const mask = makeMask();
    return () => findInstances(mask, size);
  },
  others: {
    'opencv-js': async () => {
      const { cv } = await openCv();
      const mask = matOf(cv, makeMask());
      return () => {
        const [labels, stats, centroids] = [new cv.Mat(), new cv.Mat(), new cv.Mat()];
        cv.connectedComponentsWithStats(mask, labels, stats, centroids);
        for (const mat of [labels, stats, centroids]) mat.delete();
      };
    },
    'image-js': async () => {
      const { fromMask, Mask } = await import('image-js');
      const mask = new Mask(width, height, { data: makeMask() });
      return () => fromMask(mask, { allowCorners: true }).getRois({ kind: 'white' });
    },
  },
};

const outlines: Row = {
  name: 'contours with holes, simplified by 1 pixel',
  target: 200,
  ours: async () => {
    const mask = makeMask();
    return () => simplify(contours(mask, size), { tolerance: toleranceOfOutlines });
  },
  others: {
    'd3-contour and simplify-js': async () => {
      const { contours: d3 } = await import('d3-contour');
      const { default: simplifyJs } = await import('simplify-js');
      const mask = makeMask() as unknown as number[];
      return () => {
        const shape = d3().size([width, height]).contour(mask, 0.5);
        return shape.coordinates.map((rings) =>
          rings.map((ring) =>
            simplifyJs(
              ring.map(([x = 0, y = 0]) => ({ x, y })),
              toleranceOfOutlines,
              true,
            ),
          ),
        );
      };
    },
    'opencv-js': async () => {
      const { cv } = await openCv();
      const mask = matOf(cv, makeMask());
      return () => {
        const [found, hierarchy] = [new cv.MatVector(), new cv.Mat()];
        cv.findContours(mask, found, hierarchy, cv.RETR_CCOMP, cv.CHAIN_APPROX_NONE);
        for (let i = 0; i < Number(found.size()); i++) {
          const simple = new cv.Mat();
          cv.approxPolyDP(found.get(i), simple, toleranceOfOutlines, true);
          simple.delete();
        }
        found.delete();
        hierarchy.delete();
      };
    },
  },
};

/** Simple run-length encoding: column by column, pixel by pixel. */
function columnWalk(mask: Uint8Array): number[] {
  const runs: number[] = [];
  let [inside, run] = [0, 0];
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const now = mask[y * width + x]!;
      if (now === inside) run++;
      else {
        runs.push(run);
        [inside, run] = [now, 1];
      }
    }
  }
  return [...runs, run];
}

const rle: Row = {
  name: 'COCO run lengths',
  target: 60,
  ours: async () => {
    const mask = makeMask();
    return () => encodeCocoRle(mask, size);
  },
  others: {
    'a loop over columns, uncompressed': async () => {
      const mask = makeMask();
      return () => columnWalk(mask);
    },
  },
};

const opened = (radius: number): Row => ({
  name: `opening by a disc of radius ${radius}`,
  ours: async () => {
    const mask = makeMask();
    return () => opening(mask, size, radius);
  },
  others: {
    'opencv-js': async () => {
      const { cv } = await openCv();
      const mask = matOf(cv, makeMask());
      const sides = new cv.Size(2 * radius + 1, 2 * radius + 1);
      const disc = cv.getStructuringElement(cv.MORPH_ELLIPSE, sides);
      const result = new cv.Mat();
      return () => cv.morphologyEx(mask, result, cv.MORPH_OPEN, disc);
    },
  },
});

const png: Row = {
  name: 'mask as an 8-bit PNG',
  ours: async () => {
    const mask = makeMask();
    return () => toMaskPng(mask, size);
  },
  others: {
    sharp: async () => {
      const { default: sharp } = await import('sharp');
      sharp.concurrency(1);
      const mask = makeMask();
      const raw = { width, height, channels: 1 } as const;
      return () =>
        sharp(
          mask.map((v) => v * 255),
          { raw },
        )
          .toColourspace('b-w')
          .png()
          .toBuffer();
    },
  },
};

export const rows: readonly Row[] = [
  upsampling,
  refining,
  components,
  outlines,
  rle,
  opened(5),
  opened(15),
  png,
];
