import { checkLfsPointer } from '@clipseg/core/internal';
import type { RandomAccessFile } from './file.js';

/** @throws ClipSegError `invalid-checkpoint` if the file is a Git LFS pointer */
export async function checkPointer(file: RandomAccessFile): Promise<void> {
  const start = await file.read(0, Math.min(file.size, 100));
  checkLfsPointer(start, file.path, 'invalid-checkpoint');
}
