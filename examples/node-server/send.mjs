/**
 * Sends an answer, and gives up on a client that does not take it. While a body is still on its
 * way, the connection stays open a little: closed at once, the client would lose the answer to a
 * reset.
 */
export function send(request, response, answer, { sendTimeout, lingerTimeout }) {
  const { socket } = request;
  const { status, headers, body, closing } = answer;
  if (response.destroyed || socket.destroyed) return;
  const deadline = setTimeout(() => socket.destroy(), sendTimeout);
  response.once('close', () => clearTimeout(deadline));
  const coming = !request.complete;
  response.writeHead(status, {
    ...headers,
    ...(status === 204 ? {} : { 'content-length': body.length }),
    ...(coming || closing ? { connection: 'close' } : {}),
  });
  if (!coming) return response.end(body);
  response.write(body);
  response.flushHeaders();
  const end = () => response.end();
  const linger = setTimeout(end, lingerTimeout);
  response.once('close', () => clearTimeout(linger));
  request.once('end', end).once('close', end).resume();
}
