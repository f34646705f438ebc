// Builds packages/mini/model from a checkpoint folder:
//   npm run build:model -w @clipseg/mini [-- PATH_TO_CHECKPOINT]
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { convert } from '@clipseg/convert';
import { ortBackend } from '@clipseg/core/ort';

process.env.ORT_DISABLE_TELEMETRY ||= '1'; // before loading it
const ort = await import('onnxruntime-node');

const root = new URL('..', import.meta.url);
const checkpoint = process.argv[2] ?? fileURLToPath(new URL('checkpoint', root));
const output = fileURLToPath(new URL('model', root));

await rm(output, { recursive: true, force: true });
const manifest = await convert({
  checkpoint,
  output,
  name: 'mini',
  dtypes: ['fp32', 'int8'],
  backend: ortBackend({ ort, name: 'onnxruntime-node/cpu' }),
});
const bytes = Object.values(manifest.files).reduce((sum, { size }) => sum + size, 0);
console.log(`model/: ${Object.keys(manifest.files).length} files, ${(bytes / 1e6).toFixed(1)} MB`);
