import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Kind of an address: the internet, or a network that a remote server must not redirect to. */
export type AddressClass = 'public' | 'private' | 'link-local' | 'loopback' | 'reserved';

const ranges: Record<Exclude<AddressClass, 'public'>, readonly string[]> = {
  loopback: ['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  private: [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    '198.18.0.0/15',
    'fc00::/7',
    'fec0::/10',
  ],
  reserved: ['192.0.0.0/24', '224.0.0.0/4', '240.0.0.0/4', 'ff00::/8', '100::/64'],
};

const lists = Object.entries(ranges).map(([name, subnets]) => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', bits] = subnet.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return [name as AddressClass, list] as const;
});

/** Parses the eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // The URL parser writes the shortest form, with an IPv4 tail as two groups.
  const plain = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const parse = (text: string) => (text === '' ? [] : text.split(':').map((g) => parseInt(g, 16)));
  const [first, last] = [parse(head), parse(tail ?? '')];
  return [...first, ...Array(8 - first.length - last.length).fill(0), ...last];
}

/** Returns the IPv4 address embedded in an IPv6 address: mapped, compatible, NAT64, 6to4. */
function embeddedIPv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const dotted = (high = 0, low = 0) => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const zeros = groups.slice(0, 5).every((group) => group === 0);
  if (zeros && (groups[5] === 0xffff || (groups[5] === 0 && (groups[6] ?? 0) > 0))) {
    return dotted(groups[6], groups[7]);
  }
  if (groups[0] === 0x64 && groups[1] === 0xff9b) return dotted(groups[6], groups[7]);
  return groups[0] === 0x2002 ? dotted(groups[1], groups[2]) : undefined;
}

/** Classifies an IP address. */
export function addressClass(address: string): AddressClass {
  const version = isIP(address);
  if (version === 0) return 'reserved';
  const inner = version === 6 ? embeddedIPv4(address) : undefined;
  if (inner) return addressClass(inner);
  const family = version === 6 ? 'ipv6' : 'ipv4';
  return lists.find(([, list]) => list.check(address, family))?.[0] ?? 'public';
}

const LOCAL_NAME = /(^|\.)localhost\.?$/i;

/** Classifies the host of a URL by its text; undefined for names that need a DNS lookup. */
export function literalClass({ hostname }: URL): AddressClass | undefined {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address)) return addressClass(address);
  return LOCAL_NAME.test(hostname) ? 'loopback' : undefined;
}

/** Classifies the host of a URL, with a DNS lookup for names; `public` if the lookup fails. */
export async function hostClass(url: URL): Promise<AddressClass> {
  const known = literalClass(url);
  if (known) return known;
  const found = await lookup(url.hostname, { all: true }).catch(() => []);
  return found.map(({ address }) => addressClass(address)).find((c) => c !== 'public') ?? 'public';
}

/** Tells whether a server of one class may redirect to an address of another class. */
export function mayFollow(from: AddressClass, to: AddressClass): boolean {
  if (to === 'public') return true;
  if (to === 'private') return from === 'private' || from === 'loopback';
  return to !== 'reserved' && to === from;
}
