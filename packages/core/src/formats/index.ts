export { FORMAT_BYTES, type PictureFormat, pictureFormat } from '../image/picture-format.js';
export {
  type CocoAnnotation,
  type CocoDataset,
  type CocoMask,
  type CocoOptions,
  type CocoPicture,
  decodeCoco,
  encodeCoco,
} from './coco.js';
export { type ColourMap, colourTable } from './colour-maps.js';
export { type CutoutOptions, cutout } from './cutout.js';
export {
  decodeGeoJson,
  encodeGeoJson,
  type GeoJsonCollection,
  type GeoJsonFeature,
} from './geojson.js';
export { type HeatMapOptions, heatMap } from './heat-map.js';
export { decodeLabelMe, encodeLabelMe, type LabelMeFile, type LabelMeShape } from './labelme.js';
export type { Corner } from './legend.js';
export { decodeNpy, encodeNpy, type NpyData } from './npy.js';
export { encodeOverlay, type Layer, type OverlayOptions, overlay } from './overlay.js';
export { colourOf, palette } from './palette.js';
export { type Colour, type RgbaImage, toRgba } from './picture.js';
export {
  decodeCategories,
  decodeMask,
  decodeProbabilities,
  type EncodeMaskOptions,
  encodeCategories,
  encodeGrey,
  encodeMask,
  encodePicture,
  encodeProbabilities,
} from './png.js';
export { type LabelledMask, type Shape, type ShapeOptions, shapesOf } from './shapes.js';
export { decodeSvg, encodeSvg, parseSvgPath, type SvgOptions, svgPath } from './svg.js';
export { decodeYolo, encodeYolo } from './yolo.js';
