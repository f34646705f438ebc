// Measures time and memory of a conversion:
//   node conversion.js multi|single CHECKPOINT OUTPUT DTYPES   prints one line of JSON
import { convert, convertSingle } from '@clipseg/convert';
import type { Dtype } from '@clipseg/core';
import { ortNode } from '@clipseg/node/ort';
import { peakMegabytes, report, time } from './measure.js';

const [layout, checkpoint = '', output = '', list = ''] = process.argv.slice(2);
const dtypes = list.split(',') as Dtype[];
const milliseconds = await time(() =>
  layout === 'single'
    ? convertSingle({ checkpoint, output, dtypes, operators: 'standard' })
    : convert({ checkpoint, output, dtypes, backend: ortNode() }),
);
report({ seconds: milliseconds / 1000, peakMemory: peakMegabytes() });
