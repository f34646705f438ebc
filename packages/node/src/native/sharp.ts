import { once } from '@clipseg/core/internal';
import type sharp from 'sharp';
import { libraries, missingLibrary } from './missing-library.js';

/**
 * Loads sharp when the first image is decoded.
 * @throws ClipSegError `backend` if it cannot be loaded
 */
export const loadSharp = once<typeof sharp>(() =>
  import('sharp').then(
    (module) => module.default,
    (cause) => {
      throw missingLibrary(libraries.sharp, cause);
    },
  ),
);
