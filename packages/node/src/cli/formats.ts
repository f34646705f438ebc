import { join } from 'node:path';
import { writeFile } from '@clipseg/convert';
import {
  type FormatInput,
  type FormatName,
  formatWriters,
  plannedFiles,
  writeFormats,
} from '@clipseg/core/formats';
import { createNames, promptName } from './output-names.js';

const writersOf = (format: readonly FormatName[]) => format.map((name) => formatWriters[name]);

/** Makes a unique name for each segment, for use in file names. */
function segmentNames(labels: readonly string[]): string[] {
  const unique = createNames();
  return labels.map((label, i) => unique(promptName(label, `prompt-${i + 1}`)));
}

/** Returns the endings, after the image's stem, of the files that the formats write. */
export const endingsOf = (labels: readonly string[], format: readonly FormatName[]): string[] =>
  plannedFiles(writersOf(format), segmentNames(labels)).map(({ ending }) => ending);

/**
 * Writes the files of all requested formats.
 * @returns the paths for each segment, including files that all segments share
 */
export async function writeResults(
  input: FormatInput,
  stem: string,
  { format, output }: { readonly format: readonly FormatName[]; readonly output: string },
): Promise<Partial<Record<FormatName, string>>[]> {
  const { segments } = input.processed;
  const names = segmentNames(segments.map(({ label }) => label));
  const files: Partial<Record<string, string>>[] = segments.map(() => ({}));
  for (const { format: name, segment, ending, bytes } of writeFormats(
    input,
    writersOf(format),
    names,
  )) {
    const path = join(output, `${stem}${ending}`);
    await writeFile(path, [bytes]);
    for (const [i, paths] of files.entries()) {
      if (segment === undefined || segment === i) paths[name] = path;
    }
  }
  return files;
}
