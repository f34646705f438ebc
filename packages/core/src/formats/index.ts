export { FORMAT_BYTES, type PictureFormat, pictureFormat } from '../image/picture-format.js';
export {
  type CocoAnnotation,
  type CocoDataset,
  type CocoMask,
  type CocoOptions,
  type CocoPicture,
  fromCoco,
  toCoco,
} from './coco.js';
export { type ColorMap, colorTable } from './color-maps.js';
export { type CutoutOptions, cutout } from './cutout.js';
export type { FormatInput, FormatWriter, ImageWriter, SegmentWriter } from './format-writer.js';
export { type FormatName, formatWriters } from './format-writers.js';
export {
  fromGeoJson,
  type GeoJsonCollection,
  type GeoJsonFeature,
  toGeoJson,
} from './geojson.js';
export { type HeatMapOptions, heatMap } from './heat-map.js';
export { fromLabelMe, type LabelMeFile, type LabelMeShape, toLabelMe } from './labelme.js';
export type { Corner } from './legend.js';
export type { Masked } from './mask-of.js';
export { fromNpy, type NpyData, toNpy } from './npy.js';
export { type Layer, type OverlayOptions, overlay, toOverlayPng } from './overlay.js';
export { colorOf } from './palette.js';
export { type Color, type RgbaImage, toRgba } from './picture.js';
export {
  fromCategoryPng,
  fromMaskPng,
  fromProbabilityPng,
  type MaskPngOptions,
  toCategoryPng,
  toGreyPng,
  toMaskPng,
  toPng,
  toProbabilityPng,
} from './png.js';
export {
  type LabeledMask,
  type Shape,
  type ShapeOptions,
  shapesOf,
} from './shapes.js';
export { fromSvg, parseSvgPath, type SvgOptions, svgPath, toSvg } from './svg.js';
export { type FormatFile, type PlannedFile, plannedFiles, writeFormats } from './write-formats.js';
export { fromYolo, toYolo } from './yolo.js';
