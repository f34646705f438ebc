/**
 * Sends an answer, and gives up on a client that does not read it. While a body is still arriving,
 * the connection stays open a little longer: if it were closed at once, a reset would lose the
 * answer.
 */
export function send(request, response, answer, { sendTimeout, lingerTimeout }) {
  const { socket } = request;
  const { status, headers, body, closing } = answer;
  if (response.destroyed || socket.destroyed) return;
  const deadline = setTimeout(() => socket.destroy(), sendTimeout);
  response.once('close', () => clearTimeout(deadline));
  const arriving = !request.complete;
  response.writeHead(status, {
    ...headers,
    ...(status === 204 ? {} : { 'content-length': body.length }),
    ...(arriving || closing ? { connection: 'close' } : {}),
  });
  if (!arriving) return response.end(body);
  response.write(body);
  response.flushHeaders();
  const end = () => response.end();
  const linger = setTimeout(end, lingerTimeout);
  response.once('close', () => clearTimeout(linger));
  request.once('end', end).once('close', end).resume();
}
