import { checkSize, type MaskSize } from '../raster/mask.js';
import { checkPolygons, checkRing, type Polygon } from '../raster/polygon.js';
import { checkCount, checkOptions, checkRange } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { colorOf, hex } from './palette.js';
import { type Color, checkColor } from './picture.js';
import { failure } from './read.js';
import { ringsOf, rounded, type Shape, solidShapes } from './shapes.js';

/** Digits after the decimal point of a pixel. */
const DIGITS = 2;

/**
 * Writes polygons as the `d` of an SVG path, in source pixels. Fill it with `fill-rule="evenodd"`,
 * or use it in CSS: `clip-path: path(evenodd, "...")`.
 * @param digits digits after the decimal point. Default 2
 */
export function svgPath(polygons: readonly Polygon[], digits = DIGITS): string {
  checkCount(digits, 'digits', 0, 20);
  return ringsOf(checkPolygons(polygons))
    .map((ring) => {
      const parts: string[] = [];
      for (let i = 0; i < ring.length; i += 2) {
        const [x, y] = [rounded(ring[i]!, digits), rounded(ring[i + 1]!, digits)];
        parts.push(`${i === 0 ? 'M' : 'L'}${x} ${y}`);
      }
      return `${parts.join('')}Z`;
    })
    .join('');
}

// An e belongs to a number, as in 1e-7.
const COMMAND = /([A-DF-Za-df-z])([^A-DF-Za-df-z]*)/g;

/**
 * Reads a path of straight lines (absolute M, L, H, V and Z) as one polygon, to be filled by the
 * even-odd rule.
 * @throws ClipSegError `invalid-argument`
 */
export function parseSvgPath(path: string): Polygon {
  checkText(path);
  const rings: number[][] = [];
  let [x, y] = [0, 0];
  for (const [, command = '', rest = ''] of path.matchAll(COMMAND)) {
    const numbers = [...rest.matchAll(/[-+]?(?:\d*\.)?\d+(?:e[-+]?\d+)?/gi)].map(Number);
    if (!'MLHVZ'.includes(command)) {
      const message = `The SVG path has the command ${command}; absolute M, L, H, V and Z are read.`;
      throw new ClipSegError('invalid-argument', message);
    }
    if (command === 'M') rings.push([]);
    const step = command === 'M' || command === 'L' ? 2 : 1;
    for (let i = 0; i < numbers.length; i += step) {
      if (command === 'V') y = numbers[i]!;
      else x = numbers[i]!;
      if (step === 2) y = numbers[i + 1] ?? Number.NaN;
      rings.at(-1)?.push(x, y);
    }
  }
  const [outer = new Float64Array(0), ...holes] = rings.map((ring) =>
    checkRing(Float64Array.from(ring), 'outline of the SVG path'),
  );
  return { outer, holes };
}

function checkText(svg: unknown): asserts svg is string {
  if (typeof svg === 'string') return;
  throw new ClipSegError('invalid-argument', `The SVG is ${showValue(svg)}, not text.`);
}

// Search the first tag for the view box: searching the whole file is quadratic in the number of
// tags.
function viewBox(svg: string): RegExpExecArray | null {
  const start = svg.indexOf('<svg');
  const end = svg.indexOf('>', start);
  if (start < 0 || end < 0) return null;
  return /\bviewBox="0 0 (\d{1,9}) (\d{1,9})"/.exec(svg.slice(start, end));
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escaped = (text: string): string =>
  // Remove characters that XML does not allow.
  text.replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '').replace(/[&<>"]/g, (char) => escapes[char]!);

// The form that `toSvg` writes, with little between the label and the outline.
const PATH = /<path data-label="([^"]*)"[^<>]{0,1000}? d="([^"]*)"/g;

export interface SvgOptions {
  /** Address of the image below the shapes, e.g. a data: URL. Default: none. */
  readonly image?: string;
  /** Opacity of the fill, 0..1. Default 0.45. */
  readonly opacity?: number;
  /** Colors by label. Default: `palette`, in the order of the labels. */
  readonly colors?: Readonly<Record<string, Color>>;
}

/**
 * Writes shapes as an SVG image in source pixels. Each shape is a path with its label as title and
 * as `data-label`.
 * @throws ClipSegError `invalid-argument`
 */
export function toSvg(shapes: readonly Shape[], size: MaskSize, options: SvgOptions = {}): string {
  checkSize(size);
  const { image, opacity = 0.45, colors: given = {} } = checkOptions(options, 'toSvg');
  const colors = checkOptions(given, 'colors');
  checkRange(opacity, 'opacity');
  if (image !== undefined) checkText(image);
  const solid = solidShapes(shapes, DIGITS);
  const labels = [...new Set(solid.map(({ label }) => label))];
  const { width, height } = size;
  const picture =
    image === undefined
      ? []
      : [`<image href="${escaped(image)}" width="${width}" height="${height}"/>`];
  const paths = solid.map(({ label, polygons }) => {
    const own = Object.hasOwn(colors, label) ? colors[label] : undefined;
    const color = hex(checkColor(own ?? colorOf(labels.indexOf(label))));
    const text = escaped(label);
    const paint = `fill="${color}" fill-opacity="${opacity}" stroke="${color}"`;
    return `<path data-label="${text}" ${paint} d="${svgPath(polygons)}"><title>${text}</title></path>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" fill-rule="evenodd" ` +
      'stroke-linejoin="round">',
    ...picture,
    ...paths,
    '</svg>\n',
  ].join('\n');
}

/**
 * Reads shapes from an SVG of `toSvg`.
 * @throws ClipSegError `invalid-argument`
 */
export function fromSvg(svg: string): MaskSize & { readonly shapes: Shape[] } {
  checkText(svg);
  const box = viewBox(svg);
  if (!box) return failure('SVG')('has no viewBox that begins at 0 0');
  const size = { width: Number(box[1]), height: Number(box[2]) };
  checkSize(size);
  const plain = (text: string) =>
    text.replace(/&(amp|lt|gt|quot);/g, (entity) => {
      return Object.keys(escapes).find((char) => escapes[char] === entity)!;
    });
  const shapes = [...svg.matchAll(PATH)].map(([, label = '', path = '']) => ({
    label: plain(label),
    polygons: [parseSvgPath(path)],
  }));
  return { ...size, shapes };
}
