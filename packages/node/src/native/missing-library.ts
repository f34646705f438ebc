import { ClipSegError } from '@clipseg/core';
import { processReport } from './process-report.js';

interface Library {
  readonly name: 'onnxruntime-node' | 'sharp';
  /** What it needs of the system, in words. */
  readonly needs: string;
}

export const libraries = {
  onnxruntime: { name: 'onnxruntime-node', needs: 'glibc 2.28 or newer on Linux' },
  sharp: { name: 'sharp', needs: 'glibc 2.26, or musl 1.2.2, or newer on Linux' },
} as const satisfies Record<string, Library>;

/** The C library on Linux: `glibc 2.36`, or `musl`. */
export function libcName(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const { glibcVersionRuntime } = processReport().header;
  return glibcVersionRuntime ? `glibc ${glibcVersionRuntime}` : 'musl';
}

const system = (): string =>
  [process.platform, process.arch, libcName()].filter((part) => part !== undefined).join(' ');

/** Why a native library does not load, as its loader's own words tell, and what to do. */
function adviceFor({ name, needs }: Library, text: string): string {
  const reinstall = `npm install --include=optional ${name}`;
  if (/GLIBC_|GLIBCXX_|musl|ld-linux|relocating/i.test(text) || libcName() === 'musl') {
    return `it needs ${needs}. On Alpine, take an image of Debian, such as node:22-slim`;
  }
  if (
    /libonnxruntime|libvips/.test(text) &&
    /cannot open shared object|image not found/i.test(text)
  ) {
    return (
      `its shared library is not beside it. A bundler that copies only the .node file leaves it ` +
      `behind: take the folder node_modules/${name} along whole`
    );
  }
  if (/ELF|too short|Exec format|incompatible architecture|not a valid Win32/i.test(text)) {
    return `its binary is damaged or of another processor. On this machine: ${reinstall}`;
  }
  if (
    /Cannot find (module|package)|Could not load|not installed|ERR_MODULE_NOT_FOUND/i.test(text)
  ) {
    return (
      `it, or its binary for ${process.platform} ${process.arch}, is not installed. Node modules ` +
      `of another system do not fit: on this one, ${reinstall}`
    );
  }
  return `${text.split('\n', 1)[0]?.slice(0, 200)}. To install it again: ${reinstall}`;
}

/** A native library that does not load, in words: what is missing, and how to get it. */
export function missingLibrary(library: Library, cause: unknown): ClipSegError {
  const text =
    cause instanceof Error ? `${(cause as { code?: string }).code} ${cause.message}` : '';
  const message = `${library.name} cannot be loaded on ${system()}: ${adviceFor(library, text)}.`;
  return new ClipSegError('backend', message, { cause });
}
