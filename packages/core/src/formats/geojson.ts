import type { Polygon } from '../raster/polygon.js';
import { listed, reading } from '../util/check.js';
import { failure, nameOf, readJson, recordsOf, ringOf } from './read.js';
import { pointsOf, type Shape, solidShapes } from './shapes.js';

type Position = [x: number, y: number];
type Coordinates = Position[][];

/** A GeoJSON feature (RFC 7946) whose coordinates are source pixels, y downwards. */
export interface GeoJsonFeature {
  readonly type: 'Feature';
  readonly properties: { readonly label: string; readonly score?: number };
  readonly geometry:
    | { readonly type: 'Polygon'; readonly coordinates: Coordinates }
    | { readonly type: 'MultiPolygon'; readonly coordinates: Coordinates[] };
}

export interface GeoJsonCollection {
  readonly type: 'FeatureCollection';
  readonly features: readonly GeoJsonFeature[];
}

const DIGITS = 3;

function coordinatesOf({ outer, holes }: Polygon): Coordinates {
  return [outer, ...holes].map((ring) => {
    const points = pointsOf(ring, DIGITS);
    return [...points, points[0] as Position]; // GeoJSON repeats the first point
  });
}

/** Writes shapes as GeoJSON, with holes; a shape with several parts becomes a MultiPolygon. */
export function toGeoJson(shapes: readonly Shape[]): GeoJsonCollection {
  const features = solidShapes(shapes, DIGITS).map(({ label, score, polygons }): GeoJsonFeature => {
    const [first, ...others] = polygons.map(coordinatesOf);
    return {
      type: 'Feature',
      properties: { label, ...(score !== undefined && { score }) },
      geometry:
        others.length === 0
          ? { type: 'Polygon', coordinates: first ?? [] }
          : { type: 'MultiPolygon', coordinates: [first!, ...others] },
    };
  });
  return { type: 'FeatureCollection', features };
}

/**
 * Reads shapes from GeoJSON with coordinates in source pixels and labels in the property `label`.
 * @param json text, or what JSON.parse made of it
 * @throws ClipSegError `invalid-argument`
 */
export function fromGeoJson(json: unknown): Shape[] {
  return reading('The GeoJSON', () => shapesOf(json));
}

function shapesOf(json: unknown): Shape[] {
  const fail = failure('GeoJSON');
  const { features } = readJson(json, 'GeoJSON');
  return recordsOf(features, 'features', 'GeoJSON').map(({ properties, geometry }, i) => {
    const { label, score } = (properties ?? {}) as { label?: unknown; score?: unknown };
    const { type, coordinates } = (geometry ?? {}) as { type?: unknown; coordinates?: unknown };
    if (type !== 'Polygon' && type !== 'MultiPolygon')
      fail(`has ${listed([type])} as feature ${i}`);
    if (!Array.isArray(coordinates)) fail(`has no coordinates in feature ${i}`);
    const parts = (type === 'Polygon' ? [coordinates] : coordinates) as unknown[];
    const polygons = parts.map((part): Polygon => {
      if (!Array.isArray(part) || part.length === 0) fail(`has no rings in feature ${i}`);
      const rings = (part as unknown[]).map((ring) => ringOf(ring, `feature ${i}`, 'GeoJSON'));
      const [outer, ...holes] = rings as [Polygon['outer'], ...Polygon['holes']];
      return { outer, holes };
    });
    return {
      label: nameOf(label ?? 'mask', `the label of feature ${i}`, 'GeoJSON'),
      polygons,
      ...(typeof score === 'number' && { score }),
    };
  });
}
