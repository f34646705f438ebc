import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Where an address leads: the internet, or the parts of a network that a stranger must not name.
 */
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

/** The eight groups of an IPv6 address as numbers. */
function groupsOf(address: string): number[] {
  // The URL parser writes the shortest form, with an IPv4 tail as two groups.
  const plain = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const parse = (text: string) => (text === '' ? [] : text.split(':').map((g) => parseInt(g, 16)));
  const [first, last] = [parse(head), parse(tail ?? '')];
  return [...first, ...Array(8 - first.length - last.length).fill(0), ...last];
}

/** The IPv4 address that an IPv6 address carries: mapped, compatible, NAT64, 6to4. */
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

/** The class of an IP address in any usual form. */
export function addressClass(address: string): AddressClass {
  const version = isIP(address);
  if (version === 0) return 'reserved';
  const inner = version === 6 ? embeddedIPv4(address) : undefined;
  if (inner) return addressClass(inner);
  const family = version === 6 ? 'ipv6' : 'ipv4';
  return lists.find(([, list]) => list.check(address, family))?.[0] ?? 'public';
}

const LOCAL_NAME = /(^|\.)localhost\.?$/i;

/** The class of a URL's host where its text tells it; undefined for names that need a look-up. */
export function literalClass({ hostname }: URL): AddressClass | undefined {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address)) return addressClass(address);
  return LOCAL_NAME.test(hostname) ? 'loopback' : undefined;
}

/** The class of a URL's host, by a look-up where it is a name; the public one where that fails. */
export async function hostClass(url: URL): Promise<AddressClass> {
  const known = literalClass(url);
  if (known) return known;
  const found = await lookup(url.hostname, { all: true }).catch(() => []);
  return found.map(({ address }) => addressClass(address)).find((c) => c !== 'public') ?? 'public';
}

/** Whether a server of one class may send us on to an address of another. */
export function mayFollow(from: AddressClass, to: AddressClass): boolean {
  if (to === 'public') return true;
  if (to === 'private') return from === 'private' || from === 'loopback';
  return to !== 'reserved' && to === from;
}
