import { ClipSegError } from '@clipseg/core';
import { processReport } from './process-report.js';

interface Library {
  readonly name: 'onnxruntime-node' | 'sharp';
  /** System requirements, for messages. */
  readonly needs: string;
}

export const libraries = {
  onnxruntime: { name: 'onnxruntime-node', needs: 'glibc 2.28 or newer on Linux' },
  sharp: { name: 'sharp', needs: 'glibc 2.26, or musl 1.2.2, or newer on Linux' },
} as const satisfies Record<string, Library>;

/** Name of the C library on Linux: `glibc 2.36` or `musl`. */
export function libcName(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const { glibcVersionRuntime } = processReport().header;
  return glibcVersionRuntime ? `glibc ${glibcVersionRuntime}` : 'musl';
}

const system = (): string =>
  [process.platform, process.arch, libcName()].filter((part) => part !== undefined).join(' ');

/** Explains the loader's message and says what to do. */
function adviceFor({ name, needs }: Library, text: string): string {
  const reinstall = `npm install --include=optional ${name}`;
  if (/GLIBC_|GLIBCXX_|musl|ld-linux|relocating/i.test(text) || libcName() === 'musl') {
    return `it needs ${needs}. Instead of Alpine, use a Debian image such as node:22-slim`;
  }
  if (
    /libonnxruntime|libvips/.test(text) &&
    /cannot open shared object|image not found/i.test(text)
  ) {
    return (
      `its shared library is not beside it. A bundler that copies only the .node file misses it: ` +
      `copy the whole folder node_modules/${name}`
    );
  }
  if (/ELF|too short|Exec format|incompatible architecture|not a valid Win32/i.test(text)) {
    return `its binary is damaged or for another processor. On this machine: ${reinstall}`;
  }
  if (
    /Cannot find (module|package)|Could not load|not installed|ERR_MODULE_NOT_FOUND/i.test(text)
  ) {
    return (
      `it, or its binary for ${process.platform} ${process.arch}, is not installed. node_modules ` +
      `from another system does not work; on this system: ${reinstall}`
    );
  }
  return `${text.split('\n', 1)[0]?.slice(0, 200)}. To install it again: ${reinstall}`;
}

/** Error for a native library that cannot be loaded: what is missing and how to install it. */
export function missingLibrary(library: Library, cause: unknown): ClipSegError {
  const text =
    cause instanceof Error ? `${(cause as { code?: string }).code} ${cause.message}` : '';
  const message = `${library.name} cannot be loaded on ${system()}: ${adviceFor(library, text)}.`;
  return new ClipSegError('backend', message, { cause });
}
