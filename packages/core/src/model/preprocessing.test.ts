import { describe, expect, it } from 'vitest';
import { defaultPreprocessing, parsePreprocessing } from './preprocessing.js';

describe('parsePreprocessing', () => {
  it('has the values of the original where a file says nothing', () => {
    expect(parsePreprocessing(undefined)).toEqual(defaultPreprocessing);
    expect(parsePreprocessing({})).toEqual(defaultPreprocessing);
    expect(defaultPreprocessing.size).toEqual([352, 352]);
    const nothing = {
      resample: null,
      rescale_factor: null,
      image_mean: null,
      do_pad: null,
      crop_size: null,
    };
    expect(parsePreprocessing(nothing)).toEqual(defaultPreprocessing);
  });

  it.each([
    [{ size: 224 }, { size: [224, 224] }],
    [{ size: { height: 1, width: 4096 } }, { size: [1, 4096] }],
    [{ size: { shortest_edge: 64 } }, { size: [64, 64] }],
    [{ resample: 2 }, { resample: 'bilinear' }],
    [{ resample: 3 }, { resample: 'bicubic' }],
    [{ rescale_factor: 0.5 }, { rescaleFactor: 0.5 }],
    [{ do_rescale: false, rescale_factor: 0.5 }, { rescaleFactor: 1 }],
    [
      { image_mean: 0.5, image_std: [1, 2, 3] },
      { imageMean: [0.5, 0.5, 0.5], imageStd: [1, 2, 3] },
    ],
    [{ image_mean: [-1, 0, 1] }, { imageMean: [-1, 0, 1] }],
    [
      { do_normalize: false, image_mean: 0.5 },
      { imageMean: [0, 0, 0], imageStd: [1, 1, 1] },
    ],
    [{ do_center_crop: true }, {}],
    [{ do_center_crop: true, size: 64, crop_size: { height: 64, width: 64 } }, { size: [64, 64] }],
    [{ do_center_crop: false, crop_size: 3 }, {}],
    [{ do_resize: true, do_pad: false }, {}],
  ])('reads %j', (json, expected) => {
    expect(parsePreprocessing(json)).toEqual({ ...defaultPreprocessing, ...expected });
  });

  it.each([
    [null, /the whole/],
    [[], /the whole/],
    [{ size: 0 }, /size is 0/],
    [{ size: 4097 }, /size is 4097/],
    [{ size: { height: 3 } }, /size/],
    [{ size: { width: 3, height: 4097 } }, /size/],
    [{ size: '352' }, /size/],
    [{ resample: 0 }, /resample is 0/],
    [{ resample: 'bilinear2' }, /resample/],
    [{ rescale_factor: 0 }, /rescale_factor is 0/],
    [{ rescale_factor: 1e7 }, /rescale_factor/],
    [{ rescale_factor: '1' }, /rescale_factor/],
    [{ image_mean: [1, 2] }, /image_mean/],
    [{ image_mean: [1, 2, '3'] }, /image_mean/],
    [{ image_mean: [1, 2, Number.NaN] }, /image_mean/],
    [{ image_std: 0 }, /image_std/],
    [{ image_std: [1, 1, -1] }, /image_std/],
    [{ image_std: 1e-9 }, /image_std.*stay below/],
    [{ image_mean: 2e6, image_std: 1 }, /image_std.*stay below/],
    [{ do_resize: false }, /do_resize is false/],
    [{ do_resize: 1 }, /do_resize is 1/],
    [{ do_pad: true }, /do_pad is true/],
    [{ do_center_crop: true, crop_size: 224 }, /do_center_crop is true/],
    [{ do_center_crop: true, crop_size: { height: 352, width: 224 } }, /do_center_crop is true/],
    [{ do_center_crop: true, crop_size: { height: 224, width: 352 } }, /do_center_crop is true/],
    [{ do_center_crop: true, crop_size: 'all' }, /crop_size/],
  ])('refuses %j', (json, message) => {
    expect(() => parsePreprocessing(json)).toThrow(message);
    expect(() => parsePreprocessing(json)).toThrow(
      expect.objectContaining({
        code: 'invalid-config',
        message: expect.stringMatching(/^preprocessor_config/),
      }),
    );
  });
});
