import { readFileSync } from 'node:fs';
import { ClipSegError } from '@clipseg/core';
import { type Manifest, readManifest } from '@clipseg/core/model';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../../mini/model/', import.meta.url);
const text = readFileSync(new URL('clipseg.json', folder), 'utf8');

function refusal(content: Uint8Array | string): string {
  try {
    readManifest(content);
  } catch (error) {
    if (!ClipSegError.isInstance(error)) throw error;
    expect(error.code).toBe('invalid-model');
    expect(error.message.length).toBeLessThan(400);
    return error.message;
  }
  throw new Error('nothing was thrown');
}

describe('clipseg.json', () => {
  it('is read from bytes and from text, with a byte order mark or without', () => {
    const manifest = JSON.parse(text);
    expect(readManifest(text)).toEqual(manifest);
    expect(readManifest(Buffer.from(text))).toEqual(manifest);
    expect(readManifest(`\uFEFF${text}`)).toEqual(manifest);
  });

  it.each([
    ['nothing', '', /is not JSON/],
    ['half of it', text.slice(0, text.length / 2), /is not JSON/],
    ['a web page', '<!doctype html><p>404', /is a web page/],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), /is not UTF-8/],
    ['2 MiB', `${' '.repeat(2 ** 21)}${text}`, /has 2\d+ bytes, more than 1048576/],
    ['a list', '[]', /the whole is no object/],
    ['null', 'null', /the whole is no object/],
    [
      'an LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
      /git lfs pull/,
    ],
    ['100,000 brackets', '['.repeat(100_000), /is not JSON/],
  ])('%s is refused', (_, content, message) => {
    expect(refusal(content)).toMatch(message);
  });

  // A path into the manifest, what is put there (undefined removes it), what the message says.
  it.each([
    ['formatVersion', { toString: 1 }, /formatVersion is \{"toString": 1\}/],
    ['source.name', 7, /source has no name/],
    ['source.sha256', 'abc', /source has no sha256/],
    ['preprocessing', undefined, /preprocessing\.the whole is undefined/],
    ['preprocessing.imageStd', [0.2, 0, 0.2], /preprocessing\.imageStd is \[0\.2, 0, 0\.2\]/],
    ['preprocessing.imageStd', [1e-300, 1, 1], /preprocessing\.imageStd/],
    ['preprocessing.imageStd', [1, 1], /preprocessing\.imageStd/],
    ['preprocessing.imageMean', ['0.4', '0.4', '0.4'], /preprocessing\.imageMean is \["0\.4"/],
    ['preprocessing.imageMean', [1e38, 0, 0], /pixels stay below/],
    ['preprocessing.imageMean', null, /preprocessing\.imageMean is null/],
    ['preprocessing.rescaleFactor', 0, /preprocessing\.rescaleFactor/],
    ['preprocessing.rescaleFactor', 1e308, /preprocessing\.rescaleFactor/],
    ['preprocessing.rescaleFactor', '1', /preprocessing\.rescaleFactor/],
    ['preprocessing.size', [0, 320], /preprocessing\.size/],
    ['preprocessing.size', [1e9, 320], /preprocessing\.size/],
    ['preprocessing.size', 320, /preprocessing\.size/],
    ['preprocessing.resample', 'nearest', /preprocessing\.resample is "nearest"/],
    ['config', null, /config\.the whole is null/],
    ['config.visionConfig', [], /config\.visionConfig is \[\]/],
    ['config.visionConfig.patchSize', 0, /config\.visionConfig\.patchSize is 0/],
    ['config.visionConfig.patchSize', 16.5, /config\.visionConfig\.patchSize/],
    ['config.visionConfig.numHiddenLayers', 1 << 20, /numHiddenLayers is 1048576/],
    ['config.visionConfig.hiddenSize', 1e308, /hiddenSize/],
    ['config.visionConfig.hiddenSize', undefined, /hiddenSize is undefined/],
    ['config.textConfig.vocabSize', '3000', /vocabSize is "3000"/],
    ['config.textConfig.maxPositionEmbeddings', -1, /maxPositionEmbeddings is -1/],
    ['config.extractLayers', [5, 3, 1], /extractLayers/],
    ['config.extractLayers', [1, 3, 99], /extractLayers/],
    ['config.reduceDim', 63, /decoderNumAttentionHeads/],
    ['config.projectionDim', 64, /selfCheck\.embedding is no list of 64/],
    ['config.conditionalLayer', 3, /conditionalLayer/],
    ['config.useComplexTransposedConvolution', 1, /useComplexTransposedConvolution/],
    ['positionEmbedding.dims', [10, 192], /positionEmbedding\.dims are \[10, 192\].*\[197, 192\]/],
    ['positionEmbedding.file', 'nowhere.bin', /nowhere\.bin does not have 151296 bytes/],
    ['positionEmbedding.file', '__proto__', /positionEmbedding has no file/],
    ['files', [], /files is no object/],
    ['files.decoder\\.onnx', null, /files\.decoder\.onnx needs size and sha256/],
    ['files.decoder\\.onnx.size', 1e15, /files\.decoder\.onnx\.size is 1000000000000000, above/],
    ['files.decoder\\.onnx.size', -1, /needs size/],
    ['files.decoder\\.onnx.sha256', ['a'.repeat(64)], /needs size and sha256/],
    [
      'files.constructor',
      { size: 1, sha256: 'a'.repeat(64) },
      /"constructor" is no plain file name/,
    ],
    ['variants', {}, /variants is empty/],
    ['variants.fp64', {}, /variants\."fp64" is no dtype/],
    ['variants.fp32.decoder', undefined, /variants\.fp32\.decoder has no file/],
    ['variants.fp32.decoder', 'missing.onnx', /variants\.fp32\.decoder has no file/],
    ['variants.fp32.decoder', 'toString', /variants\.fp32\.decoder has no file/],
    ['tokenizer', {}, /tokenizer is neither/],
    ['tokenizer', { vocab: 'vocab.json' }, /tokenizer is neither/],
    ['tokenizer.vocab', '../vocab.json', /tokenizer names a file that is not listed/],
    ['files.vocab\\.json.size', 1e9, /tokenizer: vocab\.json has 1000000000 bytes/],
    ['selfCheck', 3, /selfCheck is no object/],
    ['selfCheck.size', [128, 130], /selfCheck\.size is \[128, 130\], not multiples of 16/],
    ['selfCheck.size', [1e6, 16], /selfCheck\.size/],
    ['selfCheck.inputIds', [2998, 3000], /selfCheck\.inputIds are no tokens/],
    ['selfCheck.inputIds', Array(78).fill(1), /selfCheck\.inputIds are too many/],
    ['selfCheck.inputIds', [], /selfCheck\.inputIds/],
    ['selfCheck.embedding', [1, 2], /selfCheck\.embedding is no list of 128/],
    ['selfCheck.stride', 0, /selfCheck\.stride is 0/],
    ['selfCheck.logits', [1], /selfCheck\.logits are not 256 numbers/],
    ['selfCheck.tolerance.int8', '1', /selfCheck\.tolerance is incomplete/],
    ['selfCheck.tolerance.fp32', Number.MAX_VALUE * 2, /selfCheck\.tolerance is incomplete/],
  ] as const)('%s as %j is refused', (path, value, message) => {
    const keys = path.split(/(?<!\\)\./).map((key) => key.replace('\\.', '.'));
    const json = JSON.parse(text);
    const parent = keys.slice(0, -1).reduce((node, key) => node[key], json);
    parent[keys.at(-1)!] = value;
    expect(refusal(JSON.stringify(json))).toMatch(message);
  });

  it('names that every object has are no files', () => {
    const first = /"files": *\{/;
    expect(text).toMatch(first);
    const listed = '"files": {"__proto__": {"size": 1, "sha256": ""},';
    expect(refusal(text.replace(first, listed))).toMatch(/"__proto__" is no plain/);
  });
});

// The types: what is read can be used as a Manifest.
readManifest(text) satisfies Manifest;
