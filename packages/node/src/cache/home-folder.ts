import { homedir } from 'node:os';
import { ClipSegError } from '@clipseg/core';

/**
 * Returns the user's home folder.
 * @param variable environment variable that sets the wanted folder without a home
 * @throws ClipSegError `io`: a container's user often has no name, and HOME is unset
 */
export function homeFolder(variable: string): string {
  try {
    return homedir();
  } catch (cause) {
    const message = `This user has no home folder. Set HOME, or ${variable} to a folder for models.`;
    throw new ClipSegError('io', message, { cause });
  }
}
