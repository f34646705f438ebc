// Composes the example pictures from emoji sets, in a style that the embedded model knows:
//   npm i --prefix SETS sharp @iconify-json/noto @iconify-json/fluent-emoji-flat
//   NODE_PATH=SETS/node_modules node training/mini/make-examples.mjs examples/images
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(`${process.env.NODE_PATH ?? '.'}/`);
const sharp = require('sharp');
const [WIDTH, HEIGHT] = [640, 480];
const out = process.argv[2] ?? 'examples/images';

const sets = { noto: 'noto', fluent: 'fluent-emoji-flat' };

/** An icon as SVG text of `size` pixels. */
function icon(set, name, size) {
  const { icons, aliases, width = 16, height = 16 } = require(`@iconify-json/${sets[set]}/icons.json`);
  const found = icons[name] ?? icons[aliases?.[name]?.parent];
  if (!found) throw new Error(`${set} has no ${name}`);
  const [w, h] = [found.width ?? width, found.height ?? height];
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 ${w} ${h}" width="${size}" height="${size}">${found.body}</svg>`;
}

const svg = (body) =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${body}</svg>`);

/** [set, name, centre x, centre y, size, degrees] */
const pictures = {
  breakfast: {
    background: `<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#cfe3ea"/><stop offset="1" stop-color="#eef4f2"/></linearGradient></defs>
      <rect width="640" height="480" fill="url(#g)"/>
      <rect y="150" width="640" height="330" fill="#d9c7a8"/><rect y="150" width="640" height="8" fill="#c7b18d"/>`,
    objects: [
      ['noto', 'croissant', 160, 210, 170, -8],
      ['noto', 'hot-beverage', 400, 165, 150, 0],
      ['noto', 'blueberries', 555, 290, 120, 0],
      ['noto', 'kiwi-fruit', 345, 355, 130, 0],
      ['noto', 'watermelon', 130, 385, 150, 0],
    ],
  },
  meadow: {
    background: `<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#8fc6ee"/><stop offset="1" stop-color="#dff1fb"/></linearGradient></defs>
      <rect width="640" height="480" fill="url(#g)"/>
      <ellipse cx="180" cy="430" rx="420" ry="190" fill="#9ccc77"/><ellipse cx="520" cy="470" rx="380" ry="180" fill="#86bd62"/>`,
    objects: [
      ['noto', 'balloon', 545, 100, 130, -6],
      ['noto', 'cow', 180, 285, 180, 0],
      ['noto', 'dog', 420, 360, 140, 0],
      ['noto', 'sunflower', 570, 340, 130, 0],
      ['noto', 'butterfly', 330, 130, 100, -15],
    ],
  },
  holiday: {
    background: `<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#f7d9bd"/><stop offset="0.55" stop-color="#fbeddd"/><stop offset="1" stop-color="#cfc8bf"/></linearGradient></defs>
      <rect width="640" height="480" fill="url(#g)"/>`,
    objects: [
      ['noto', 'tent', 490, 210, 180, 0],
      ['noto', 'bus', 180, 225, 180, 0],
      ['noto', 'tropical-fish', 330, 380, 140, 0],
      ['noto', 'balloon', 330, 100, 130, 8],
      ['noto', 'turtle', 560, 400, 110, 0],
    ],
  },
};

mkdirSync(out, { recursive: true });
for (const [name, { background, objects }] of Object.entries(pictures)) {
  const layers = [];
  for (const [set, emoji, x, y, size, degrees] of objects) {
    const picture = await sharp(Buffer.from(icon(set, emoji, 2 * size)))
      .resize(size, size)
      .rotate(degrees, { background: '#00000000' })
      .png()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = picture.info;
    const [left, top] = [Math.round(x - width / 2), Math.round(y - height / 2)];
    layers.push({ input: picture.data, left, top });
  }
  const { size } = await sharp(svg(background))
    .composite(layers)
    .removeAlpha()
    .png({ compressionLevel: 9, palette: false })
    .toFile(join(out, `${name}.png`));
  console.log(`${name}.png: ${objects.length} objects, ${(size / 1e3).toFixed(0)} kB`);
}
