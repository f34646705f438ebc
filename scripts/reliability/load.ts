// Clients of the example server: normal ones that send requests in a loop, and slow ones.
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Tally {
  /** Milliseconds of each request answered with a mask. */
  readonly times: number[];
  /** Number of requests answered with 503. */
  refused: number;
  /** Other responses, or none although the whole request was sent. */
  readonly lost: string[];
  /** Number of connections that were not accepted. */
  closed: number;
}

export const newTally = (): Tally => ({ times: [], refused: 0, lost: [], closed: 0 });

/** Sends a request and records the outcome. */
function sendRequest(port: number, agent: Agent, image: Buffer, tally: Tally): Promise<void> {
  const start = performance.now();
  return new Promise((done) => {
    let sent = false;
    const call = request({
      host: '127.0.0.1',
      port,
      agent,
      method: 'POST',
      path: '/?prompt=croissant',
      headers: { 'content-length': image.length },
    });
    call.on('finish', () => {
      sent = true;
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || !sent) tally.closed++;
      else tally.lost.push(error.message);
      done();
    });
    call.on('response', (response) => {
      response.resume();
      response.on('error', (error) => tally.lost.push(error.message));
      response.on('end', () => {
        const { statusCode } = response;
        if (statusCode === 200) tally.times.push(performance.now() - start);
        else if (statusCode === 503 && response.headers['retry-after']) tally.refused++;
        else tally.lost.push(`status ${statusCode}`);
      });
      response.on('close', done);
    });
    call.end(image);
  });
}

/** Sends requests until the signal is aborted; after a refusal waits a second, as requested. */
export async function normalClient(
  port: number,
  image: Buffer,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (!signal.aborted) {
    const { refused, closed } = tally;
    await sendRequest(port, agent, image, tally);
    if (tally.closed > closed) break;
    if (tally.refused > refused) await sleep(1000, undefined, { signal }).catch(() => {});
  }
  agent.destroy();
}

const head = (length: number) =>
  `POST /?prompt=croissant HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`;

/** Kinds of slow clients: the first bytes they send, and whether they then send one per 200 ms. */
const kinds: readonly ((image: Buffer) => { first: Buffer; drips: boolean; reads: boolean })[] = [
  () => ({ first: Buffer.from('POST /?prompt=a HTTP/1.1\r\nx: '), drips: true, reads: true }),
  ({ length }) => ({ first: Buffer.from(head(length)), drips: true, reads: true }),
  (image) => {
    const first = Buffer.concat([Buffer.from(head(image.length)), image.subarray(0, -1)]);
    return { first, drips: false, reads: true };
  },
  (image) => {
    const first = Buffer.concat([Buffer.from(head(image.length)), image]);
    return { first, drips: false, reads: false };
  },
  () => ({ first: Buffer.alloc(0), drips: false, reads: true }),
];

/** Connects slow clients one after the other, each until the server closes it. */
export async function slowClient(
  port: number,
  image: Buffer,
  which: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { first, drips, reads } = kinds[which % kinds.length]!(image);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {}); // expected
    const end = () => socket.destroy();
    signal.addEventListener('abort', end);
    socket.write(first);
    if (reads) socket.resume();
    const drip = drips ? setInterval(() => socket.write('x'), 200) : undefined;
    await new Promise((done) => socket.once('close', done));
    clearInterval(drip);
    signal.removeEventListener('abort', end);
    await sleep(50);
  }
}
