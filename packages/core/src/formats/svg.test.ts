import { describe, expect, it } from 'vitest';
import { hex, palette } from './palette.js';
import { fromSvg, parseSvgPath, svgPath, toSvg } from './svg.js';

const ring = (...values: number[]) => Float64Array.from(values);
const polygon = { outer: ring(0, 0, 4, 0, 4, 4.5), holes: [ring(1, 0.125, 2, 1, 3, 1)] };
const size = { width: 8, height: 6 };

describe('paths', () => {
  it('are written with a number of digits', () => {
    expect(svgPath([polygon])).toBe('M0 0L4 0L4 4.5ZM1 0.13L2 1L3 1Z');
    expect(svgPath([polygon], 0)).toBe('M0 0L4 0L4 5ZM1 0L2 1L3 1Z');
    expect(svgPath([polygon, polygon], 3)).toContain('M1 0.125L2 1L3 1ZM0 0');
    expect(() => svgPath([polygon], 21)).toThrow(/digits is 21/);
    expect(() => svgPath([{}] as never)).toThrow(/polygon 0/);
  });

  it('are read with lines of all kinds', () => {
    const { outer, holes } = parseSvgPath(
      'M1,2 L 3 4 5 -6 H 7 8 V.5 1e1Z M 0 0 9 9 1 1 z'.replace(' z', ' Z'),
    );
    expect([...outer]).toEqual([1, 2, 3, 4, 5, -6, 7, -6, 8, -6, 8, 0.5, 8, 10]);
    expect(holes.map((hole) => [...hole])).toEqual([[0, 0, 9, 9, 1, 1]]);
    expect(parseSvgPath('')).toEqual({ outer: ring(), holes: [] });
    expect(parseSvgPath('M1+2-3.5.5Z').outer).toEqual(ring(1, 2, -3.5, 0.5));
  });

  it.each([
    ['m1 2', /command m/],
    ['M0 0A1 1', /command A/],
    ['M0 0 1', /Float64Array/],
    ['M0 1e9', /Float64Array/],
    [5, /not text/],
  ])('are refused: %j', (path, message) => {
    expect(() => parseSvgPath(path as never)).toThrow(message);
  });

  it('of tiny numbers come back', () => {
    const tiny = { outer: ring(1e-7, 0, 4, 2e-8, 4, 4), holes: [] };
    expect(parseSvgPath(svgPath([tiny], 9))).toEqual(tiny);
  });

  it('need a beginning', () => {
    expect(parseSvgPath('L1 2Z').outer).toHaveLength(0);
  });
});

describe('toSvg', () => {
  const shapes = [
    { label: 'a<&>"', polygons: [polygon] },
    { label: 'b', polygons: [polygon] },
    { label: 'a<&>"', polygons: [polygon] },
  ];

  it('has a path for each shape, in the color of its label', () => {
    const svg = toSvg(shapes, size);
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 8 6" fill-rule="evenodd"/,
    );
    expect(svg).toMatch(/<\/svg>\n$/);
    const fills = [...svg.matchAll(/fill="(#\w+)" fill-opacity="([\d.]+)" stroke="(#\w+)"/g)].map(
      (match) => match.slice(1),
    );
    const [first, second] = [hex(palette[0]!), hex(palette[1]!)];
    expect(fills).toEqual([
      [first, '0.45', first],
      [second, '0.45', second],
      [first, '0.45', first],
    ]);
    expect(svg).toContain('data-label="a&lt;&amp;&gt;&quot;"');
    expect(svg).toContain('<title>b</title>');
    expect(svg).not.toContain('<image');
  });

  it('takes colors, an opacity and a picture', () => {
    const options = { colors: { b: [1, 2, 3] }, opacity: 0, image: 'a"b' } as const;
    const svg = toSvg(shapes, size, options);
    expect(svg).toContain('<image href="a&quot;b" width="8" height="6"/>');
    expect(svg).toContain('fill="#010203" fill-opacity="0"');
    expect(svg).toContain(`fill="${hex(palette[0]!)}"`);
    expect(toSvg([{ ...shapes[0]!, label: 'toString' }], size)).toContain(hex(palette[0]!));
  });

  it('leaves out letters that XML does not know', () => {
    const svg = toSvg([{ ...shapes[0]!, label: 'a\u0001\t\ufffeb' }], size);
    expect(svg).toContain('data-label="a\tb"');
  });

  it.each([
    [{ opacity: 2 }, /opacity is 2/],
    [{ image: 5 }, /not text/],
    [{ colors: { b: 'red' } }, /color is "red"/],
    [{ colors: 5 }, /colors/],
  ])('refuses %j', (options, message) => {
    expect(() => toSvg(shapes, size, options as never)).toThrow(message);
  });

  it('refuses a size that is none', () => {
    expect(() => toSvg([], { width: 0, height: 1 })).toThrow(/size/);
  });
});

describe('fromSvg', () => {
  it('reads labels as they were, and outlines', () => {
    const label = `a<&>"'&amp;`;
    const read = fromSvg(toSvg([{ label, polygons: [polygon] }], size));
    expect([read.width, read.height, read.shapes[0]!.label]).toEqual([8, 6, label]);
    expect(read.shapes[0]!.polygons[0]!.outer).toEqual(polygon.outer);
    expect(read.shapes[0]!.polygons[0]!.holes[0]).toEqual(ring(1, 0.13, 2, 1, 3, 1));
    expect(fromSvg(toSvg([], size)).shapes).toEqual([]);
  });

  it.each([
    ['<svg/>', /viewBox/],
    ['<svg viewBox="1 0 8 6"/>', /viewBox/],
    ['<svg><g viewBox="0 0 8 6"/></svg>', /viewBox/],
    ['<svg viewBox="0 0 8 6"', /viewBox/],
    ['<svgx', /viewBox/],
    ['viewBox="0 0 8 6">', /viewBox/],
    ['<svg viewBox="0 0 0 6"/>', /size is 0 x 6/],
    [5, /not text/],
  ])('refuses %j', (svg, message) => {
    expect(() => fromSvg(svg as never)).toThrow(message);
  });
});
