import { BlockList, isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';

const MAPPED = /^::ffff:(?=\d+\.)/i;
/** Of an IPv6 address, the 64 bits that one household or one server has for itself alone. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

const inside = new BlockList();
inside.addSubnet('127.0.0.0', 8, 'ipv4');
inside.addSubnet('10.0.0.0', 8, 'ipv4');
inside.addSubnet('172.16.0.0', 12, 'ipv4');
inside.addSubnet('192.168.0.0', 16, 'ipv4');
inside.addSubnet('169.254.0.0', 16, 'ipv4');
inside.addSubnet('100.64.0.0', 10, 'ipv4');
inside.addAddress('::1', 'ipv6');
inside.addSubnet('fc00::', 7, 'ipv6');
inside.addSubnet('fe80::', 10, 'ipv6');

/**
 * What stands for one client: an IPv4 address, or the network of an IPv6 address. Undefined for an address of a private
 * network: there stands a load balancer, behind which is everybody.
 */
export function clientOf(address: string): string | undefined {
  const known = clients.get(address);
  if (known) return known.client;
  const client = workedOut(address);
  clients.set(address, { client });
  return client;
}

/** The same few thousand addresses come again and again, and to look one up in the networks takes as long as to take a number. */
const clients = new LRUCache<string, { readonly client: string | undefined }>({ max: 20_000 });

function workedOut(address: string): string | undefined {
  const plain = address.replace(MAPPED, '').replace(/%.*$/, '');
  const family = isIPv6(plain) ? 'ipv6' : 'ipv4';
  if (inside.check(plain, family)) return undefined;
  return family === 'ipv4' ? plain : networkOf(plain);
}

function networkOf(address: string): string {
  const [head = [], tail] = address
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const missing = GROUPS - head.length - (tail?.length ?? 0);
  const groups = [...head, ...Array<string>(tail ? missing : 0).fill('0'), ...(tail ?? [])];
  return groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
