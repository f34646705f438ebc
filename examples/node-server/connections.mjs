import { once } from 'node:events';

const statusOf = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };
const reasonOf = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Answers bytes that are not HTTP, or that never become a request. */
function answerRaw(socket, status) {
  const code = status === 408 ? 'timeout' : 'bad-request';
  const body = JSON.stringify({ error: { code, message: reasonOf[status] } });
  socket.end(
    `HTTP/1.1 ${status} ${reasonOf[status]}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

/**
 * Gives every connection a signal that fires when the client leaves, and answers its requests one
 * after the other, so that pipelined requests take only one place in the queue.
 */
export function createConnections(server, { pipelined, sendTimeout }) {
  const connections = new WeakMap();

  server.on('connection', (socket) => {
    const left = new AbortController();
    socket.once('close', () => left.abort());
    connections.set(socket, { left: left.signal, pending: 0, last: Promise.resolve() });
  });

  server.on('clientError', (error, socket) => {
    const { response } = connections.get(socket) ?? {};
    if (!socket.writable || response?.headersSent) return socket.destroy();
    setTimeout(() => socket.destroy(), sendTimeout).unref();
    answerRaw(socket, statusOf[error.code] ?? 400);
  });

  /** @param work answers; the connection's next request waits until the answer is sent */
  return function inTurn({ socket }, response, work) {
    const connection = connections.get(socket);
    if (connection.pending >= pipelined) return socket.destroy();
    connection.pending++;
    connection.last = connection.last.then(async () => {
      if (!connection.left.aborted) {
        connection.response = response;
        const gone = once(response, 'close');
        await work(connection.left);
        await gone;
        connection.response = undefined;
      }
      connection.pending--;
    });
  };
}
