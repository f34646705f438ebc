import { checkLfsPointer } from '@clipseg/core';
import type { RandomAccessFile } from './file.js';

/** @throws ClipSegError `invalid-checkpoint` when Git left a pointer where the file should be */
export async function checkPointer(file: RandomAccessFile): Promise<void> {
  const start = await file.read(0, Math.min(file.size, 100));
  checkLfsPointer(start, file.path, 'invalid-checkpoint');
}
