import { createClipSeg, latest, maskArea, palette } from '@clipseg/web';
import { tint } from '@clipseg/web/canvas';

const find = (selector) => document.querySelector(selector);
const [photo, canvas, legend, status] = ['img', 'canvas', 'ul', '[role=status]'].map(find);
const { file, prompts, threshold, cut } = find('form').elements;
const setStatus = (text) => status.replaceChildren(text);

/** The encoded image, as a promise, and the last result. */
let image;
let result;

/** Only the last of several waiting calls counts. */
const encode = latest((source, options) => clipSeg.encodeImage(source, options));
const segment = latest(async (texts, options) => clipSeg.segment(await image, texts, options));

async function run() {
  const texts = prompts.value.split(',').map((text) => text.trim());
  const asked = texts.filter((text) => text !== '');
  setStatus(asked.length > 0 ? 'Segmenting …' : '');
  try {
    result = asked.length > 0 ? await segment(asked) : undefined;
    draw();
  } catch (error) {
    if (error.code !== 'aborted') setStatus(error.message);
  }
}

/** Draws the masks at the threshold, without inference. */
function draw() {
  cut.value = threshold.valueAsNumber.toFixed(2);
  canvas.hidden = !result;
  legend.replaceChildren();
  if (!result) return;
  const { width, height, segments, timings } = result;
  const options = { threshold: threshold.valueAsNumber, opacity: 0.6 };
  Object.assign(canvas, { width, height });
  canvas.getContext('2d').putImageData(tint(result, options), 0, 0);
  for (const [i, segment] of segments.entries()) {
    const share = (100 * maskArea(segment.mask(options))) / (width * height);
    const item = document.createElement('li');
    item.append(`${segment.label} ${share.toFixed(1)} %`);
    item.style.setProperty('--color', `rgb(${palette[i % palette.length]})`);
    legend.append(item);
  }
  const { visionEncoder } = clipSeg.device.graphs;
  setStatus(`Decoded in ${timings.decode.toFixed(0)} ms on ${visionEncoder}.`);
}

async function show(source) {
  result = undefined;
  draw();
  image = encode(source);
  image.catch(() => {}); // `run` reports it
  await run();
}

find('form').addEventListener('submit', (event) => event.preventDefault());
prompts.addEventListener('input', run);
threshold.addEventListener('input', draw);
file.addEventListener('change', () => {
  const [chosen] = file.files;
  if (!chosen) return;
  URL.revokeObjectURL(photo.src);
  photo.src = URL.createObjectURL(chosen);
  show(chosen);
});

setStatus('Loading …');
const clipSeg = await createClipSeg({
  // Import maps do not apply in workers, so the worker loads ONNX Runtime by its URL.
  ortFolder: '/node_modules/onnxruntime-web/dist/',
  onProgress: ({ overall }) => {
    if (overall)
      setStatus(`Loading ${Math.round((100 * overall.loadedBytes) / overall.totalBytes)} %`);
  },
});
await show(photo);
