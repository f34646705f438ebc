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

/** How the segments are called in the names of their files; different for each. */
function segmentNames(labels: readonly string[]): string[] {
  const unique = createNames();
  return labels.map((label, i) => unique(promptName(label, `prompt-${i + 1}`)));
}

/** What follows the image's stem in the names of the files that the formats write. */
export const endingsOf = (labels: readonly string[], format: readonly FormatName[]): string[] =>
  plannedFiles(writersOf(format), segmentNames(labels)).map(({ ending }) => ending);

/**
 * Writes the files of the formats.
 * @returns the paths for each segment, those of all segments among them
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
    for (const [i, own] of files.entries()) {
      if (segment === undefined || segment === i) own[name] = path;
    }
  }
  return files;
}
