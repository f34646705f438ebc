import { writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { decodeImage, type RawImage } from '@clipseg/node';
import { toRgb } from '@clipseg/node/model';
import type { DecodeImageOptions, ImageInput } from '@clipseg/web';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lib } from './page/lib.js';
import { stage } from './support/setup.js';

declare const lib: Lib;

const setup = stage();
const { open } = setup;
const [width, height] = [37, 23];

/** Contains every level of every channel, and edges. */
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 73 + (i >> 5)) % 256);
const withAlpha = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i * 91) % 256);
const testImage = () => sharp(pixels, { raw: { width, height, channels: 3 } });

const numbers = ({ width, height, channels, data }: RawImage) => ({
  width,
  height,
  channels,
  data: Array.from(data),
});
const path = (name: string) => join(setup.folder, name);
const worst = (a: readonly number[], b: readonly number[]) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? 999))), 0);

beforeAll(async () => {
  writeFileSync(path('rgb.png'), await testImage().png().toBuffer());
  const rgba = sharp(withAlpha, { raw: { width, height, channels: 4 } });
  writeFileSync(path('rgba.png'), await rgba.png().toBuffer());
  const jpeg = testImage().blur(2).jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
  writeFileSync(path('photo.jpg'), await jpeg.toBuffer());
  const turned = testImage().blur(2).withMetadata({ orientation: 6 }).jpeg({ quality: 95 });
  writeFileSync(path('turned.jpg'), await turned.toBuffer());
  const wide = testImage().withIccProfile('p3').png();
  writeFileSync(path('p3.png'), await wide.toBuffer());
  writeFileSync(path('grey.png'), await testImage().greyscale().png().toBuffer());
  writeFileSync(path('text.png'), 'not an image');
  writeFileSync(path('empty.png'), '');
});

/** Kinds of image inputs: code that the page runs to make an input from a URL. */
const inputs = {
  'a URL': async (url: string) => url,
  'a URL object': async (url: string) => new URL(url, location.href),
  'a Blob': async (url: string) => (await fetch(url)).blob(),
  'a File': async (url: string) => new File([await (await fetch(url)).blob()], 'a.png'),
  'an ImageBitmap': async (url: string) => createImageBitmap(await (await fetch(url)).blob()),
  'an image element': async (url: string) => Object.assign(new Image(), { src: url }),
  'a canvas': async (url: string) => {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob());
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    return canvas;
  },
  'an OffscreenCanvas': async (url: string) => {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    return canvas;
  },
  'an ImageData': async (url: string) => {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    return context?.getImageData(0, 0, bitmap.width, bitmap.height);
  },
  'a VideoFrame': async (url: string) => {
    const bitmap = await createImageBitmap(await (await fetch(url)).blob());
    return new VideoFrame(bitmap, { timestamp: 0 });
  },
};

describe('a PNG gives the same pixels as on Node.js', () => {
  it.each(Object.keys(inputs))('as %s, on the main thread and in a worker', async (kind) => {
    const page = await open();
    const code = `(${inputs[kind as keyof typeof inputs]})('/own/rgb.png')`;
    const decoded = await page.evaluate(
      async (input) => {
        const image = await lib.decodeImage(await input);
        return { ...image, data: Array.from(image.data) };
      },
      await page.evaluateHandle<Promise<ImageInput>>(code),
    );
    const expected = numbers(await decodeImage(path('rgb.png')));
    const rgb = decoded.data.filter((_, i) => decoded.channels === 3 || i % 4 < 3);
    expect(rgb).toEqual(expected.data);
    const features = await page.evaluate(
      async (input) => {
        const clipSeg = await lib.createClipSeg();
        const given = await clipSeg.encodeImage(await input, { resolution: 32 });
        const again = await clipSeg.encodeImage(await input, { resolution: 32 }); // not transferred
        const raw = await clipSeg.encodeImage(await lib.decodeImage('/own/rgb.png'), {
          resolution: 32,
        });
        const all = [given, again, raw].map((one) => one.features.data.join());
        await clipSeg.dispose();
        return { all, width: given.width, height: given.height };
      },
      await page.evaluateHandle<Promise<ImageInput>>(code),
    );
    expect(features).toMatchObject({ width, height });
    expect(new Set(features.all).size).toBe(1);
  });

  it.each([
    ['alpha blended with white', 'rgba.png', 1],
    ['a color profile ignored', 'p3.png', 0],
    ['grey', 'grey.png', 0],
  ])('%s', async (_, name, tolerance) => {
    const page = await open();
    const decoded = await page.evaluate(async (file) => {
      const image = await lib.decodeImage(`/own/${file}`);
      return { ...image, data: Array.from(image.data) };
    }, name);
    const node = await decodeImage(path(name));
    const repeat = node.channels === 1 ? 3 : 1;
    const expected = Array.from(node.data).flatMap((value) => Array(repeat).fill(value));
    expect(decoded.data.length).toBe(expected.length);
    expect(worst(decoded.data, expected)).toBeLessThanOrEqual(tolerance);
  });
});

it.each([
  ['photo.jpg', width, height],
  ['turned.jpg', height, width],
])('%s is upright, and differs only by the decoder', async (name, wide, high) => {
  const page = await open();
  const decoded = await page.evaluate(async (file) => {
    const image = await lib.decodeImage(await (await fetch(`/own/${file}`)).blob());
    return { ...image, data: Array.from(image.data) };
  }, name);
  expect(decoded).toMatchObject({ width: wide, height: high });
  const expected = numbers(await decodeImage(path(name)));
  const mean = decoded.data.reduce((sum, v, i) => sum + Math.abs(v - expected.data[i]!), 0);
  expect(mean / decoded.data.length).toBeLessThan(1);
  expect(worst(decoded.data, expected.data)).toBeLessThanOrEqual(8);
});

it('decodes the current frame of a video', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
    const context = canvas.getContext('2d')!;
    const paint = () => {
      context.fillStyle = '#f00';
      context.fillRect(0, 0, 64, 48);
    };
    paint();
    const video = document.createElement('video');
    const early = await lib.outcome(lib.decodeImage(video));
    video.srcObject = canvas.captureStream(30);
    video.muted = true;
    const timer = setInterval(paint, 20);
    await video.play();
    const image = await lib.decodeImage(video);
    clearInterval(timer);
    return { early, size: [image.width, image.height], first: Array.from(image.data.slice(0, 3)) };
  });
  expect(result.early).toMatchObject({ code: 'invalid-image', message: /no frame yet/ });
  expect(result.size).toEqual([64, 48]);
  expect(worst(result.first, [255, 0, 0])).toBeLessThan(8);
});

it('rejects inputs that are not images, with a reason, also in the worker', async () => {
  const page = await open();
  const outcomes = await page.evaluate(async () => {
    const clipSeg = await lib.createClipSeg();
    const closed = await createImageBitmap(new ImageData(2, 2));
    closed.close();
    const bad: [string, unknown][] = [
      ['text', '/own/text.png'],
      ['empty', '/own/empty.png'],
      ['missing', '/own/nothing.png'],
      ['null', null],
      ['a number', 7],
      ['an object', { a: 1 }],
      ['an image without a source', new Image()],
      ['a closed bitmap', closed],
      ['an empty canvas', Object.assign(document.createElement('canvas'), { width: 0 })],
    ];
    const results = [];
    for (const [name, input] of bad) {
      results.push([
        name,
        await lib.outcome(clipSeg.encodeImage(input as never)),
        await lib.outcome(lib.decodeImage(input as never)),
      ]);
    }
    await clipSeg.dispose();
    return results as [string, { code?: string }, { code?: string }][];
  });
  for (const [name, worker, here] of outcomes) {
    expect([name, worker.code]).toEqual([
      name,
      name === 'missing'
        ? 'network'
        : name === 'a closed bitmap'
          ? expect.stringMatching(/invalid/)
          : 'invalid-image',
    ]);
    expect([name, here.code]).toEqual([name, name === 'missing' ? 'network' : 'invalid-image']);
  }
});

it('draws masks, and writes them as files', async () => {
  const page = await open();
  const drawn = await page.evaluate(async () => {
    const clipSeg = await lib.createClipSeg();
    const result = await clipSeg.segment('/fixtures/scenes/images/000.png', ['teapot', 'animal']);
    await clipSeg.dispose();
    const masks = result.segments.map((segment) => segment.mask());
    const tint = lib.tint(result, {
      opacity: 0.4,
      colors: [
        [255, 0, 0],
        [0, 255, 0],
      ],
    });
    const wrong = Array.from({ length: masks[0]!.length }, (_, i) => {
      const [first, second] = [masks[0]![i], masks[1]![i]];
      const expected = second ? '0,255,0,102' : first ? '255,0,0,102' : '0,0,0,0';
      return tint.data.slice(4 * i, 4 * i + 4).join() === expected ? 0 : 1;
    }).reduce((a: number, b) => a + b, 0);
    const canvas = new OffscreenCanvas(160, 160);
    await lib.drawTint(canvas, result);
    const painted = canvas.getContext('2d')!.getImageData(0, 0, 160, 160).data.some(Boolean);
    const blob = await lib.maskBlob(masks[0]!, result);
    const read = await lib.decodeImage(blob);
    const same = masks[0]!.every((inside, i) => read.data[3 * i] === 255 * inside);
    const bitmap = await lib.maskBitmap(masks[0]!, result);
    const moved = structuredClone(masks[0]!, { transfer: [masks[0]!.buffer] });
    return {
      wrong,
      painted,
      same,
      type: blob.type,
      size: [bitmap.width, bitmap.height],
      moved: moved.length,
      left: masks[0]!.length,
    };
  });
  expect(drawn).toEqual({
    wrong: 0,
    painted: true,
    same: true,
    type: 'image/png',
    size: [320, 320],
    moved: 320 * 320,
    left: 0,
  });
});

it('checks limits against the header, and names unsupported formats', async () => {
  const page = await open();
  const bomb = Buffer.from(await testImage().png().toBuffer());
  bomb.writeUInt32BE(50_000, 16);
  bomb.writeUInt32BE(50_000, 20);
  writeFileSync(path('bomb.png'), bomb);
  writeFileSync(path('a.heif'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const messages = await page.evaluate(async () => {
    const say = async (input: string, options?: object) =>
      (await lib.outcome(lib.decodeImage(input, options))).message;
    return [
      await say('/own/bomb.png'),
      await say('/own/rgb.png', { maxPixels: 99 }),
      await say('/own/photo.jpg', { maxPixels: 99 }),
      await say('/own/rgb.png', { maxBytes: 9 }),
      await say('/own/a.heif'),
    ];
  });
  expect(messages[0]).toMatch(/50000 x 50000 pixels/);
  expect(messages[1]).toMatch(/37 x 23 pixels, more than 99/);
  expect(messages[2]).toMatch(/37 x 23 pixels, more than 99/);
  expect(messages[3]).toMatch(/more than 9 bytes/);
  expect(messages[4]).toMatch(/it is SVG: pass an <img>.*Supported formats are JPEG/);
});

it('applies the limits of createClipSeg in its worker and to elements of the page', async () => {
  const page = await open();
  const messages = await page.evaluate(async () => {
    const say = async (promise: Promise<unknown>) => {
      const { code, message } = await lib.outcome(promise);
      return `${code}: ${message}`;
    };
    const few = await lib.createClipSeg({ maxPixels: 99 });
    const short = await lib.createClipSeg({ maxBytes: 9 });
    const image = Object.assign(new Image(), { src: '/own/rgb.png' });
    const canvas = Object.assign(document.createElement('canvas'), { width: 10, height: 11 });
    const offscreen = new OffscreenCanvas(10, 11);
    const frame = new VideoFrame(await createImageBitmap(new ImageData(10, 11)), { timestamp: 0 });
    const inputs = [image, canvas, offscreen, frame, '/own/rgb.png', new ImageData(10, 11)];
    const pixels = [];
    for (const input of inputs) {
      pixels.push(await say(few.encodeImage(input)));
      pixels.push(await say(lib.decodeImage(input, { maxPixels: 99 })));
    }
    pixels.push(await say(few.encodeImage(await createImageBitmap(new ImageData(10, 11)))));
    const bytes = [await say(short.encodeImage('/own/rgb.png'))];
    bytes.push(await say(short.encodeImage(await (await fetch('/own/rgb.png')).blob())));
    const wrong = await say(lib.createClipSeg({ maxPixels: 0 }));
    await Promise.all([few.dispose(), short.dispose()]);
    return { pixels, bytes, wrong };
  });
  for (const message of messages.pixels)
    expect(message).toMatch(/^invalid-image: .*more than 99\b/);
  for (const message of messages.bytes)
    expect(message).toMatch(/^invalid-image: .*more than 9 bytes/);
  expect(messages.wrong).toMatch(/^invalid-argument: maxPixels is 0/);
});

it('stops waiting on abort and timeout, and closes a late bitmap', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const made = createImageBitmap.bind(globalThis);
    const blob = await (await fetch('/own/rgb.png')).blob();
    const closed: number[] = [];
    // The real decoder, delayed.
    Object.assign(globalThis, {
      createImageBitmap: async (source: Blob) => {
        await new Promise((done) => setTimeout(done, 100));
        const bitmap = await made(source);
        const close = () => {
          closed.push(1);
          ImageBitmap.prototype.close.call(bitmap);
        };
        return Object.assign(bitmap, { close });
      },
    });
    const late = await lib.outcome(lib.decodeImage(blob, { decodeTimeoutMs: 20 }));
    const signal = AbortSignal.timeout(20);
    const aborted = await lib.outcome(lib.decodeImage(blob, { signal }));
    await new Promise((done) => setTimeout(done, 300));
    const before = closed.length;
    const after = await lib.decodeImage(blob);
    return { late, aborted, before, after: after.width };
  });
  expect(result.late).toMatchObject({ code: 'invalid-image', message: /within 20 ms/ });
  expect(result.aborted).toMatchObject({ code: 'aborted' });
  expect(result).toMatchObject({ before: 2, after: width });
});

describe('a server that', () => {
  const png = () => testImage().png().toBuffer();
  let server: Server;
  let address: string;
  const answers: Record<string, (response: ServerResponse) => void> = {
    '/says-long': (response) => response.writeHead(200, { 'content-length': 1e9 }).write('x'),
    '/is-endless': (response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(1e4)), 1);
      response.on('close', () => clearInterval(timer));
    },
    '/is-silent': () => {},
    '/stops': (response) => response.write('x'),
    '/breaks': (response) => response.write('x', () => response.destroy()),
    '/is-honest': (response) => void png().then((bytes) => response.end(bytes)),
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      response.setHeader('access-control-allow-origin', '*');
      answers[request.url ?? '']?.(response);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['/says-long', { maxBytes: 1e5 }, /^invalid-image: .*more than 100000 bytes/],
    ['/is-endless', { maxBytes: 1e5 }, /^invalid-image: .*more than 100000 bytes/],
    ['/is-silent', { decodeTimeoutMs: 50 }, /^network: .*sent no data for 50 ms/],
    ['/stops', { decodeTimeoutMs: 200 }, /^network: .*sent no data for 200 ms/],
    ['/is-silent', { abortAfter: 50 }, /^aborted/],
    ['/stops', { abortAfter: 200 }, /^aborted/],
    ['/breaks', {}, /^network: .*cannot be fetched/],
    ['/is-honest', { maxBytes: 1e5 }, /^undefined: no error/],
  ] as const)('%s with %j', async (path, options, expected) => {
    const page = await open();
    const { code, message } = await page.evaluate(
      async ([url, { abortAfter, ...limits }]) => {
        const signal = abortAfter ? AbortSignal.timeout(abortAfter) : undefined;
        return lib.outcome(lib.decodeImage(url, { ...limits, signal }));
      },
      [`${address}${path}`, options as DecodeImageOptions & { abortAfter?: number }] as const,
    );
    expect(`${code}: ${message}`).toMatch(expected);
  });
});

it('accepts pixels, elements and files of another realm, and RGBA without channels', async () => {
  const page = await open();
  const firsts = await page.evaluate(async () => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const other = frame.contentWindow as unknown as typeof globalThis;
    const red = Uint8ClampedArray.of(255, 0, 0, 255);
    const data = other.Uint8ClampedArray.from(red);
    const image = new other.ImageData(1, 1);
    image.data.set(red);
    const canvas = frame.contentDocument!.createElement('canvas');
    Object.assign(canvas, { width: 1, height: 1 });
    canvas.getContext('2d')!.putImageData(image, 0, 0);
    const file = await new Promise<Blob>((done) => canvas.toBlob((blob) => done(blob!)));
    const inputs = {
      image,
      canvas,
      file,
      bitmap: await other.createImageBitmap(image),
      plain: { width: 1, height: 1, data: red },
      foreign: { width: 1, height: 1, data },
      raw: { width: 1, height: 1, channels: 4 as const, data },
    };
    const clipSeg = await lib.createClipSeg();
    const results: [string, number[], string][] = [];
    for (const [name, input] of Object.entries(inputs)) {
      const { features } = await clipSeg.encodeImage(input, { resolution: 32 });
      const { data: pixels } = await lib.decodeImage(input);
      results.push([name, Array.from(pixels.slice(0, 3)), features.data.slice(0, 9).join()]);
    }
    await clipSeg.dispose();
    return results;
  });
  expect(firsts.map(([name, pixels]) => [name, ...pixels])).toEqual(
    firsts.map(([name]) => [name, 255, 0, 0]),
  );
  expect(new Set(firsts.map(([, , features]) => features)).size).toBe(1);
});

it('gives the same pixels as on Node.js for BMP files that Node.js reads', async () => {
  const page = await open();
  const { bmp } = await import('../../node/test/support/bmp.js');
  const files = Object.entries(bmp.right).map(([name, { file }]) => [name, [...file]] as const);
  const seen = await page.evaluate(async (list) => {
    const results: [string, number[] | string][] = [];
    for (const [name, bytes] of list) {
      const blob = new Blob([Uint8Array.from(bytes)]);
      const pixels = await lib.decodeImage(blob).then(
        ({ data }) => Array.from(data),
        (error) => String(error.message),
      );
      results.push([name, pixels]);
    }
    return results;
  }, files);
  const node = await Promise.all(
    files.map(async ([name, bytes]) => [
      name,
      [...toRgb(await decodeImage(Uint8Array.from(bytes))).data],
    ]),
  );
  expect(seen).toEqual(node);
});

it('shows some BMP files that Node.js rejects', async () => {
  const page = await open();
  const { bmp } = await import('../../node/test/support/bmp.js');
  const files = Object.entries(bmp.wrong).map(([name, file]) => [name, [...file]] as const);
  const shown = await page.evaluate(async (list) => {
    const results: string[] = [];
    for (const [name, bytes] of list) {
      const { code } = await lib.outcome(lib.decodeImage(new Blob([Uint8Array.from(bytes)])));
      if (code !== 'invalid-image') results.push(`${name} ${code ?? 'is shown'}`);
    }
    return results;
  }, files);
  // As in docs/browser.md: the browser guesses, and Node's decoder rejects.
  expect(shown).toEqual([
    '2 bits is shown',
    'top-down run lengths is shown',
    'a run that exceeds the image is shown',
  ]);
});
