// Copies the files that a bundler without assets leaves out into `dist` of the working directory:
// the page, the model, and ONNX Runtime unchanged.
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const ort = dirname(require.resolve('onnxruntime-web/wasm'));
mkdirSync('dist/ort', { recursive: true });
for (const build of ['wasm', 'jspi', 'webgpu'])
  cpSync(join(ort, `ort.${build}.min.mjs`), `dist/ort/ort.${build}.min.mjs`);
for (const build of ['', '.jspi', '.asyncify']) {
  for (const extension of ['mjs', 'wasm']) {
    const file = `ort-wasm-simd-threaded${build}.${extension}`;
    cpSync(join(ort, file), join('dist/ort', file));
  }
}
const model = dirname(require.resolve('@clipseg/mini/model/clipseg.json'));
cpSync(model, 'dist/model', { recursive: true });
for (const file of ['index.html', '../page/style.css', '../page/picture.png']) {
  cpSync(file, join('dist', basename(file)));
}
