import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface ProxyServer {
  readonly host: string;
  /** Hosts that it was asked to connect to. */
  readonly targets: string[];
  close(): void;
}

/**
 * A forward proxy for the hub only. It tunnels to hub.test, accepts whole requests for other names,
 * and requires a user for closed.test.
 */
export async function createProxy(hubPort: number): Promise<ProxyServer> {
  const targets: string[] = [];
  // A whole request rather than a tunnel.
  const server = createServer(({ url = '', headers, method }, response) => {
    targets.push(`${method} ${url}`);
    if (url.includes('closed.test')) {
      response.writeHead(407).end();
      return;
    }
    const { pathname, search } = new URL(url);
    const onward = request({ host: '127.0.0.1', port: hubPort, path: pathname + search, headers });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.end();
  });
  server.on('connect', ({ url = '', headers }, socket) => {
    const user = headers['proxy-authorization'];
    targets.push(user ? `${Buffer.from(user.slice(6), 'base64')}@${url}` : url);
    if (!/^hub\.test:/.test(url)) {
      const code = url.startsWith('closed')
        ? '407 Proxy Authentication Required'
        : '502 Bad Gateway';
      socket.end(`HTTP/1.1 ${code}\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const onward = connect(hubPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, targets, close };
}
