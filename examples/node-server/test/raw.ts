import { connect, type Socket } from 'node:net';
import { deflateSync } from 'node:zlib';

export interface Raw {
  readonly socket: Socket;
  /** Everything received so far. */
  text(): string;
  send(part: string | Uint8Array): void;
  /** Everything received, once the other side has closed. */
  readonly closed: Promise<string>;
}

/** Opens a connection that sends exactly what it is given. */
export function raw(port: number, first: string | Uint8Array = ''): Raw {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const text = () => Buffer.concat(chunks).toString('latin1');
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {}); // a reset also closes the socket
  const closed = new Promise<string>((done) => socket.once('close', () => done(text())));
  if (first.length > 0) socket.write(first);
  return { socket, text, closed, send: (part) => void socket.write(part) };
}

/** Returns the statuses of a connection's answers. */
export const statuses = (text: string): number[] =>
  Array.from(text.matchAll(/HTTP\/1\.1 (\d+) /g), ([, status]) => Number(status));

/** Returns the head of a POST. */
export const head = (query: string, more: Record<string, string | number>): string =>
  `POST /?${query} HTTP/1.1\r\nhost: x\r\n${Object.entries(more)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

function chunk(type: string, content: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type), content, Buffer.alloc(4)]);
  bytes.writeUInt32BE(content.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

/** Makes a black PNG of the given size: a few kB that cost seconds and a gigabyte to decode. */
export function bomb(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1; // one bit per pixel, grey
  const pixels = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
