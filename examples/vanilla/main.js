import { createClipSeg, latest, maskArea, palette, tint } from '@clipseg/web';

const find = (selector) => document.querySelector(selector);
const [picture, canvas, legend, status] = ['img', 'canvas', 'ul', '[role=status]'].map(find);
const { file, prompts, threshold, cut } = find('form').elements;
const say = (text) => status.replaceChildren(text);

/** The picture, encoded once; what was found in it last. */
let image;
let found;

/** Only the last of what is asked meanwhile counts. */
const encode = latest((source, options) => clipSeg.encodeImage(source, options));
const segment = latest(async (texts, options) => clipSeg.segment(await image, texts, options));

async function ask() {
  const texts = prompts.value.split(',').map((text) => text.trim());
  const asked = texts.filter((text) => text !== '');
  say(asked.length > 0 ? 'Looking …' : '');
  try {
    found = asked.length > 0 ? await segment(asked) : undefined;
    draw();
  } catch (error) {
    if (error.code !== 'aborted') say(error.message);
  }
}

/** Masks at the threshold, from what was found: no inference. */
function draw() {
  cut.value = threshold.valueAsNumber.toFixed(2);
  canvas.hidden = !found;
  legend.replaceChildren();
  if (!found) return;
  const { width, height, segments, timings } = found;
  const options = { threshold: threshold.valueAsNumber, opacity: 0.6 };
  Object.assign(canvas, { width, height });
  canvas.getContext('2d').putImageData(tint(found, options), 0, 0);
  for (const [i, segment] of segments.entries()) {
    const share = (100 * maskArea(segment.mask(options))) / (width * height);
    const item = document.createElement('li');
    item.append(`${segment.label} ${share.toFixed(1)} %`);
    item.style.setProperty('--color', `rgb(${palette[i % palette.length]})`);
    legend.append(item);
  }
  const { visionEncoder } = clipSeg.device.graphs;
  say(`Decoded in ${timings.decode.toFixed(0)} ms on ${visionEncoder}.`);
}

async function show(source) {
  found = undefined;
  draw();
  image = encode(source);
  image.catch(() => {}); // `ask` tells
  await ask();
}

find('form').addEventListener('submit', (event) => event.preventDefault());
prompts.addEventListener('input', ask);
threshold.addEventListener('input', draw);
file.addEventListener('change', () => {
  const [chosen] = file.files;
  if (!chosen) return;
  URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(chosen);
  show(chosen);
});

say('Loading …');
const clipSeg = await createClipSeg({
  // Import maps do not reach into workers: the worker loads ONNX Runtime by its URL.
  ortFolder: '/node_modules/onnxruntime-web/dist/',
  onProgress: ({ overall }) => {
    if (overall) say(`Loading ${Math.round((100 * overall.loadedBytes) / overall.totalBytes)} %`);
  },
});
await show(picture);
