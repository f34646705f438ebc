// Makes docs/images/demo.png from the output of `npm run demo`: npm run demo && npm run figure
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const packages = new URL('../packages/node/package.json', import.meta.url);
const sharp = createRequire(packages)('sharp') as typeof import('sharp').default;
const root = fileURLToPath(new URL('..', import.meta.url));
const names = ['breakfast', 'meadow', 'holiday'];
const [width, height, gap] = [400, 300, 8];

const images = await Promise.all(
  names.map(async (name, i) => ({
    input: await sharp(`${root}out/${name}.overlay.png`).resize(width, height).toBuffer(),
    left: i * (width + gap),
    top: 0,
  })),
);
await mkdir(`${root}docs/images`, { recursive: true });
const canvas = { width: names.length * (width + gap) - gap, height };
await sharp({ create: { ...canvas, channels: 3, background: '#ffffff' } })
  .composite(images)
  .png({ palette: true })
  .toFile(`${root}docs/images/demo.png`);
