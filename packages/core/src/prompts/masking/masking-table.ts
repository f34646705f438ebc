import type { MaskingStrategy } from '../../contracts/masking-strategy.js';
import type { PluginTable, TableEntry } from '../../util/plugin-table.js';
import { blur, darken, none, shift } from './background.js';
import { crop } from './crop.js';
import type { MaskingName } from './masking-names.js';
import { outline } from './outline.js';
import { colorize, greyscale, highlight, highlight2, overlay, rectangle, shape } from './paint.js';
import { tokenMask } from './token-mask-strategy.js';

/** The built-in masking strategies, by name. */
export const maskingTable: PluginTable<MaskingStrategy> &
  Readonly<Record<MaskingName, TableEntry<MaskingStrategy>>> = {
  none: { make: none, options: [] },
  overlay: { make: overlay, options: [] },
  highlight: { make: highlight, options: [] },
  highlight2: { make: highlight2, options: [] },
  shape: { make: shape, options: [] },
  greyscale: { make: greyscale, options: [] },
  colorize: { make: colorize, options: ['color', 'background'] },
  rectangle: { make: rectangle, options: ['color', 'lineWidth', 'box'] },
  darken: { make: darken, options: ['background'], number: 'background' },
  blur: { make: blur, options: ['sigma'], number: 'sigma' },
  shift: { make: shift, options: ['by'], number: 'by' },
  crop: { make: crop, options: ['context', 'box'], number: 'context' },
  outline: { make: outline, options: ['lineWidth', 'color'], number: 'lineWidth' },
  'token-mask': { make: tokenMask, options: ['form', 'attention', 'layers'] },
};
