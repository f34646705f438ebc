import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnections } from './connections.mjs';
import { busy, HttpError, problemOf } from './errors.mjs';
import { defaults } from './limits.mjs';
import { createMaskAnswer } from './mask.mjs';
import { urlOf } from './request.mjs';
import { send } from './send.mjs';

const routes = { '/': ['POST'], '/health': ['GET', 'HEAD'] };
const nothing = Buffer.alloc(0);
const stopped = () => busy('The server is stopping.');

/** @throws HttpError if the path does not exist or does not allow the method */
function checkRoute(method, { pathname }) {
  const methods = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
  if (!methods) throw new HttpError(404, 'not-found', 'The server has POST / and GET /health.');
  if (methods.includes(method)) return;
  const allow = [...methods, 'OPTIONS'].join(', ');
  throw new HttpError(405, 'method', `Only ${methods[0]} is allowed.`, { allow });
}

/**
 * Answers POST /?prompt=TEXT&threshold=T with a PNG of the mask of the image in the body.
 * @param options any of limits.mjs
 * @returns a `node:http` server with `drain()`, which ends it without losing a request
 */
export function createSegmentationServer(clipSeg, options = {}) {
  const limits = { ...defaults, ...options };
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    requestTimeout: 0, // uploads.mjs has the deadlines for bodies
    connectionsCheckingInterval: Math.min(1000, limits.headersTimeout / 2),
  });
  server.maxConnections = limits.connections;
  const mask = createMaskAnswer(clipSeg, limits);
  const inTurn = createConnections(server, limits);
  const active = new Set();
  let stopping = false;

  async function answer(request, proceed, controller) {
    const { method } = request;
    const url = method === 'OPTIONS' && request.url === '*' ? undefined : urlOf(request);
    if (method === 'OPTIONS')
      return { status: 204, headers: { allow: 'GET, HEAD, OPTIONS, POST' } };
    checkRoute(method, url);
    if (stopping) throw stopped();
    if (url.pathname === '/health') return { status: 200 };
    return mask.answer(request, url, proceed, controller);
  }

  async function handle(request, response, proceed, left) {
    const controller = new AbortController();
    left.addEventListener('abort', () => controller.abort());
    active.add(controller);
    response.once('close', () => active.delete(controller));
    const toAnswer = (error) => (left.aborted ? undefined : problemOf(error));
    const result = await answer(request, proceed, controller).catch(toAnswer);
    if (left.aborted) active.delete(controller);
    else send(request, response, { body: nothing, ...result, closing: stopping }, limits);
  }

  const on = (event, proceed) =>
    server.on(event, (request, response) =>
      inTurn(request, response, (left) => handle(request, response, () => proceed(response), left)),
    );
  on('request', () => {});
  on('checkContinue', (response) => response.writeContinue()); // after the checks of the headers

  async function idle(milliseconds) {
    const end = performance.now() + milliseconds;
    while (active.size > 0 && performance.now() < end) await sleep(10);
  }

  /**
   * Refuses new requests and uploads that are still arriving, finishes complete ones, and closes
   * everything at the time limit.
   */
  async function drain() {
    stopping = true;
    mask.stop(stopped());
    await sleep(limits.noticeTime); // clients on open connections and load balancers see the 503
    server.close(); // also closes idle connections
    await idle(limits.drainTimeout - limits.noticeTime);
    for (const controller of active) controller.abort(stopped());
    await idle(limits.lingerTimeout);
    server.closeAllConnections();
  }

  return Object.assign(server, { drain });
}
