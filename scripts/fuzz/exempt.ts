const ADAPTER = 'passes a graph on to a runtime, which the target "ONNX graphs" covers';
const TESTING = 'part of the test suites: reads what these made themselves';

/** Source files that look like parsers and need no target, with the reason. */
export const exempt: Readonly<Record<string, string>> = {
  'convert/src/checkpoint/write-safetensors.ts': 'writes; its DataView is over its own bytes',
  'convert/src/calibration/calibrate.ts': 'opens graphs that the conversion has just written',
  'convert/src/self-check.ts': 'opens graphs that the conversion has just written',
  'core/src/contracts/backend.ts': 'types alone',
  'core/src/formats/font.ts': 'reads a table that is part of the source',
  'core/src/testing/fakes/fake-text.ts': 'reads tokens of its own tokenizer, in tests',
  'core/src/testing/read-npy.ts': TESTING,
  'core/src/testing/read-safetensors.ts': TESTING,
  'core/src/testing/test-backend.ts': TESTING,
  'core/src/testing/test-image-decoder.ts': TESTING,
  'core/src/testing/test-post-processor.ts': TESTING,
  'core/src/testing/test-refiner.ts': TESTING,
  'core/src/testing/test-thresholder.ts': TESTING,
  'node/src/cli/gallery.ts': 'packs a PNG that the report has just made',
  'node/src/cli/machine.ts': 'opens the embedded model',
  'web/src/devices/device-fallback.ts': ADAPTER,
  'web/src/devices/ort-web.ts': ADAPTER,
  'web/src/devices/queue.ts': ADAPTER,
  'web/src/devices/device-session.ts': ADAPTER,
  'web/src/devices/runtime.ts': ADAPTER,
  'web/src/files/sha256.ts': 'hashes bytes; nothing of them is interpreted',
  'web/src/image/pixels.ts': 'reads pixels from a canvas of the browser (tests in Chromium)',
  'web/src/image/decode-image.ts': 'the browser decodes; there is none here (tests in Chromium)',
};
