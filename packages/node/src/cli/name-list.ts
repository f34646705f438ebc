import { createReadStream } from 'node:fs';
import { UsageError } from './report.js';

/** Upper limit for a list. */
const MAX_BYTES = 64 * 2 ** 20;
/** Longest path on any system, in bytes. */
const MAX_NAME = 4096;

async function bytesOf(file: string, signal: AbortSignal): Promise<Buffer> {
  const stream = file === '-' ? process.stdin : createReadStream(file);
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > MAX_BYTES)
        throw new UsageError(`--from ${file} has more than ${MAX_BYTES} bytes.`);
    }
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    signal.throwIfAborted();
    throw new UsageError(`--from ${file} cannot be read: ${(cause as Error).message}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  return Buffer.concat(chunks);
}

/** Decodes UTF-8, or UTF-16 as PowerShell writes it, without the byte order mark. */
function decode(bytes: Buffer, file: string): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`--from ${file} is not UTF-8 text.`);
  }
}

const linesOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => line.replace(/\r$/, '') || []);

/**
 * Reads the non-empty lines of a file, or of stdin for `-`, without their ends (LF or CRLF).
 * @throws UsageError if the file cannot be read or is not text
 */
export async function readLines(file: string, signal: AbortSignal): Promise<string[]> {
  return linesOf(decode(await bytesOf(file, signal), file));
}

/**
 * Reads names, one per line, or each ended by NUL as `find -print0` writes them. Names are literal:
 * a file may be called "#1 *.png" or " x".
 * @throws UsageError as `readLines` does, or if a name is too long
 */
export async function readNames(file: string, signal: AbortSignal): Promise<string[]> {
  const text = decode(await bytesOf(file, signal), file);
  const names = text.includes('\0')
    ? text.split('\0').filter((name) => name !== '')
    : linesOf(text);
  const long = names.findIndex((name) => Buffer.byteLength(name) > MAX_NAME);
  if (long === -1) return names;
  throw new UsageError(`--from ${file}: name ${long + 1} has more than ${MAX_NAME} bytes.`);
}
