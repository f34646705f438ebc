import type sharp from 'sharp';
import { libraries, missingLibrary } from './missing-library.js';

let loading: Promise<typeof sharp> | undefined;

/**
 * sharp, loaded when the first picture is decoded.
 * @throws ClipSegError `backend` when it cannot be loaded
 */
export function loadSharp(): Promise<typeof sharp> {
  loading ??= import('sharp').then(
    (module) => module.default,
    (cause) => {
      loading = undefined;
      throw missingLibrary(libraries.sharp, cause);
    },
  );
  return loading;
}
