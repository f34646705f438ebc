import { checkFunction, checkList, checkOneOf, checkText, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import type { FormatInput, FormatWriter } from './format-writer.js';

/** A file that a format writer makes, before it is made. */
export interface PlannedFile {
  /** Name of the format writer. */
  readonly format: string;
  /** Index of the segment; absent for a file of the whole image. */
  readonly segment?: number;
  /** The end of the file's name, after the name of the image: `.cat.mask.png`. */
  readonly ending: string;
}

/** A file to store. */
export interface FormatFile extends PlannedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

function checkWriter(writer: FormatWriter, i: number): FormatWriter {
  return reading(`Format writer ${i}`, () => {
    checkText(writer?.name, `The name of format writer ${i}`);
    checkText(writer.extension, `The extension of format writer ${i}`);
    checkOneOf(writer.per, `per of format writer ${i}`, ['image', 'segment']);
    checkFunction(writer.write, `write of format writer ${i}`);
    return writer;
  });
}

/**
 * Lists the files that writers make for an image, without making them.
 * @param names names of the segments in the names of the files, in order
 * @throws ClipSegError `invalid-argument`
 */
export function plannedFiles(
  writers: readonly FormatWriter[],
  names: readonly string[],
): PlannedFile[] {
  const checked = checkList(writers, 'The list of format writers') as FormatWriter[];
  const texts = checkList(names, 'The list of names').map((name) => checkText(name, 'A name'));
  return checked
    .map(checkWriter)
    .flatMap(({ name: format, per, extension }): PlannedFile[] =>
      per === 'image'
        ? [{ format, ending: `.${extension}` }]
        : texts.map((name, segment) => ({ format, segment, ending: `.${name}.${extension}` })),
    );
}

const encoder = new TextEncoder();

function bytesOf(content: unknown, { format }: PlannedFile): Uint8Array<ArrayBuffer> {
  if (typeof content === 'string') return encoder.encode(content);
  if (content instanceof Uint8Array) return content as Uint8Array<ArrayBuffer>;
  throw new ClipSegError(
    'invalid-argument',
    `The format writer ${showValue(format)} returned ${showValue(content)}, not text or bytes.`,
  );
}

/**
 * Writes files of one image, one after another as they are asked for.
 * @param writers built-in ones of `formatWriters`, or custom ones
 * @param names names of the segments in the names of the files, in order; the labels by default
 * @throws ClipSegError `invalid-argument`
 */
export function* writeFormats(
  input: FormatInput,
  writers: readonly FormatWriter[],
  names: readonly string[] = input.processed.segments.map(({ label }) => label),
): Generator<FormatFile> {
  for (const writer of checkList(writers, 'The list of format writers') as FormatWriter[]) {
    for (const file of plannedFiles([writer], names)) {
      const content =
        writer.per === 'image' ? writer.write(input) : writer.write(input, file.segment as number);
      yield { ...file, bytes: bytesOf(content, file) };
    }
  }
}
