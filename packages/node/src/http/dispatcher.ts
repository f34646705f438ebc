import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { ClipSegError } from '@clipseg/core';
import { EnvHttpProxyAgent } from 'undici';
import { type AddressClass, addressClass, mayFollow } from './addresses.js';
import { HttpError } from './http-error.js';

type Callback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

/** Reads a proxy URL from the environment; `proxy:8080` means http, as with curl. */
function proxyOf(env: NodeJS.ProcessEnv, name: string): string {
  const variable = env[name.toLowerCase()]?.trim() ? name.toLowerCase() : name;
  const value = env[variable]?.trim();
  if (!value) return '';
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (/^(https?|socks5?):/i.test(text) && URL.canParse(text)) return text;
  const message = `${variable} is not the URL of a proxy, such as http://proxy.example:8080.`;
  throw new ClipSegError('invalid-argument', message);
}

/** DNS lookup that refuses addresses to which `home` may not redirect. */
const guardedLookup =
  (home: () => Promise<AddressClass>) =>
  (hostname: string, options: LookupOptions, callback: Callback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error);
      const check = async () => {
        const from = addresses.every(({ address }) => addressClass(address) === 'public')
          ? 'public'
          : await home();
        const bad = addresses.find(({ address }) => !mayFollow(from, addressClass(address)));
        if (bad) throw new HttpError('refused', `it redirects to ${hostname}, a private address`);
      };
      check().then(
        () =>
          options.all
            ? callback(null, addresses)
            : callback(null, addresses[0]?.address, addresses[0]?.family),
        callback,
      );
    });
  };

/**
 * Creates connections through HTTPS_PROXY, HTTP_PROXY and NO_PROXY (upper or lower case).
 * @param home the address class of the host that the user named
 */
export function createDispatchers(home: () => Promise<AddressClass>, env = process.env) {
  const proxies = {
    httpProxy: proxyOf(env, 'HTTP_PROXY'),
    httpsProxy: proxyOf(env, 'HTTPS_PROXY'),
    noProxy: env.no_proxy?.trim() || env.NO_PROXY?.trim() || '',
  };
  // The transport has its own time-outs; undici's would cut longer ones short.
  const common = { ...proxies, headersTimeout: 0, bodyTimeout: 0 };
  const made = new Map<string, EnvHttpProxyAgent>();
  const agent = (isNamed: boolean, proxyTunnel: boolean): EnvHttpProxyAgent => {
    const name = `${isNamed}/${proxyTunnel}`;
    const lookup = isNamed ? {} : { lookup: guardedLookup(home) as never };
    const known = made.get(name);
    if (known) return known;
    const agent = new EnvHttpProxyAgent({
      ...common,
      proxyTunnel,
      connect: { timeout: 0, ...lookup },
    });
    made.set(name, agent);
    return agent;
  };
  return {
    /** The default connection; `isNamed` if the user named the host rather than a server. */
    agent: (isNamed: boolean) => agent(isNamed, true),
    /** For http: URLs, as many proxies tunnel only to port 443 and forward http: requests. */
    plainProxyAgent: (url: URL, isNamed: boolean) =>
      url.protocol === 'http:' && proxies.httpProxy ? agent(isNamed, false) : undefined,
    async close() {
      await Promise.allSettled([...made.values()].map((one) => one.destroy()));
    },
  };
}
