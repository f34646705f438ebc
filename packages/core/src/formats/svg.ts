import { ClipSegError } from '../errors.js';
import { checkSize, type MaskSize } from '../masks/mask.js';
import type { Polygon } from '../masks/polygon.js';
import { colourOf, hex } from './palette.js';
import type { Colour } from './picture.js';
import { failure } from './read.js';
import { ringsOf, rounded, type Shape } from './shapes.js';

/** A hundredth of a pixel. */
const DIGITS = 2;

/**
 * Polygons as the `d` of an SVG path, in source pixels: to be filled with `fill-rule="evenodd"`, which
 * also is a CSS `clip-path: path(evenodd, "...")`.
 * @param digits behind the point. Default 2
 */
export function svgPath(polygons: readonly Polygon[], digits = DIGITS): string {
  return ringsOf(polygons)
    .map((ring) => {
      const parts: string[] = [];
      for (let i = 0; i < ring.length; i += 2) {
        const [x, y] = [rounded(ring[i] as number, digits), rounded(ring[i + 1] as number, digits)];
        parts.push(`${i === 0 ? 'M' : 'L'}${x} ${y}`);
      }
      return `${parts.join('')}Z`;
    })
    .join('');
}

/**
 * The rings of a path of straight lines (absolute M, L, H, V and Z), as one polygon to be filled by
 * the even-odd rule.
 * @throws ClipSegError `invalid-argument`
 */
export function parseSvgPath(path: string): Polygon {
  const rings: number[][] = [];
  let [x, y] = [0, 0];
  for (const [, command = '', rest = ''] of path.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const numbers = [...rest.matchAll(/[-+]?(?:\d*\.)?\d+(?:e[-+]?\d+)?/gi)].map(Number);
    if (!'MLHVZ'.includes(command)) {
      const message = `The SVG path has the command ${command}; absolute M, L, H, V and Z are read.`;
      throw new ClipSegError('invalid-argument', message);
    }
    if (command === 'M') rings.push([]);
    const step = command === 'M' || command === 'L' ? 2 : 1;
    for (let i = 0; i < numbers.length; i += step) {
      if (command === 'V') y = numbers[i] as number;
      else x = numbers[i] as number;
      if (step === 2) y = numbers[i + 1] ?? Number.NaN;
      rings.at(-1)?.push(x, y);
    }
  }
  const [outer = new Float64Array(0), ...holes] = rings.map((ring) => Float64Array.from(ring));
  return { outer, holes };
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escaped = (text: string): string =>
  // What XML does not allow is left out.
  text
    .replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '')
    .replace(/[&<>"]/g, (char) => escapes[char] as string);

export interface SvgOptions {
  /** Address of the picture below the shapes, e.g. a data: URL. Default: none. */
  readonly image?: string;
  /** Of the fill, 0..1. Default 0.45. */
  readonly opacity?: number;
  /** By label. Default: `palette`, in the labels' order. */
  readonly colours?: Readonly<Record<string, Colour>>;
}

/**
 * Shapes as an SVG picture in source pixels, which scales without steps. Each is a path with its label
 * as title and `data-label`.
 * @throws ClipSegError `invalid-argument`
 */
export function encodeSvg(
  shapes: readonly Shape[],
  size: MaskSize,
  { image, opacity = 0.45, colours = {} }: SvgOptions = {},
): string {
  checkSize(size);
  const labels = [...new Set(shapes.map(({ label }) => label))];
  const { width, height } = size;
  const picture =
    image === undefined
      ? []
      : [`<image href="${escaped(image)}" width="${width}" height="${height}"/>`];
  const paths = shapes.map(({ label, polygons }) => {
    const own = Object.hasOwn(colours, label) ? colours[label] : undefined;
    const colour = hex(own ?? colourOf(labels.indexOf(label)));
    const text = escaped(label);
    const paint = `fill="${colour}" fill-opacity="${opacity}" stroke="${colour}"`;
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
 * The shapes of `encodeSvg`.
 * @throws ClipSegError `invalid-argument`
 */
export function decodeSvg(svg: string): MaskSize & { readonly shapes: Shape[] } {
  const box = /<svg[^>]*\bviewBox="0 0 (\d+) (\d+)"/.exec(svg);
  if (!box) return failure('SVG')('has no viewBox that begins at 0 0');
  const plain = (text: string) =>
    text.replace(/&(amp|lt|gt|quot);/g, (entity) => {
      return Object.keys(escapes).find((char) => escapes[char] === entity) as string;
    });
  const shapes = [...svg.matchAll(/<path data-label="([^"]*)"[^>]*\bd="([^"]*)"/g)].map(
    ([, label = '', path = '']) => ({ label: plain(label), polygons: [parseSvgPath(path)] }),
  );
  return { width: Number(box[1]), height: Number(box[2]), shapes };
}
