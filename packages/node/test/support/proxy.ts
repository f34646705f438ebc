import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface ProxyServer {
  readonly host: string;
  /** What it was asked to connect to. */
  readonly targets: string[];
  close(): void;
}

/** A forward proxy that knows one name: hub.test is the hub. */
export async function createProxy(hubPort: number): Promise<ProxyServer> {
  const server = createServer((_, response) => void response.writeHead(405).end());
  const targets: string[] = [];
  server.on('connect', ({ url = '', headers }, socket) => {
    const user = headers['proxy-authorization'];
    targets.push(user ? `${Buffer.from(user.slice(6), 'base64')}@${url}` : url);
    if (!/^(hub\.test|localhost):/.test(url)) {
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
