const ADAPTER = 'passes a graph to a runtime, which the target "ONNX graphs" covers';
const TESTING = 'part of the test suites: reads only their own data';

/** Source files that look like parsers but need no target, with the reason. */
export const exempt: Readonly<Record<string, string>> = {
  'convert/src/checkpoint/write-safetensors.ts': 'writes; its DataView is on its own bytes',
  'convert/src/calibration/calibrate.ts': 'opens graphs that the conversion has just written',
  'convert/src/self-check.ts': 'opens graphs that the conversion has just written',
  'core/src/contracts/backend.ts': 'only types',
  'core/src/formats/font.ts': 'reads a table that is part of the source',
  'core/src/testing/fakes/fake-text.ts': 'reads tokens of its own tokenizer, in tests',
  'core/src/testing/read-npy.ts': TESTING,
  'core/src/testing/read-safetensors.ts': TESTING,
  'core/src/testing/test-backend.ts': TESTING,
  'core/src/testing/test-image-decoder.ts': TESTING,
  'core/src/testing/test-post-processor.ts': TESTING,
  'core/src/testing/test-refiner.ts': TESTING,
  'core/src/testing/test-thresholder.ts': TESTING,
  'node/src/cli/gallery.ts': 'resizes a PNG that it has just made',
  'node/src/cli/machine.ts': 'opens the embedded model',
  'web/src/devices/device-fallback.ts': ADAPTER,
  'web/src/devices/ort-web.ts': ADAPTER,
  'web/src/devices/queue.ts': ADAPTER,
  'web/src/devices/device-session.ts': ADAPTER,
  'web/src/devices/runtime.ts': ADAPTER,
  'web/src/files/sha256.ts': 'hashes bytes without interpreting them',
  'web/src/image/pixels.ts': 'reads pixels from a canvas of the browser (tests in Chromium)',
  'web/src/image/decode-image.ts': 'the browser decodes (tests in Chromium)',
};
