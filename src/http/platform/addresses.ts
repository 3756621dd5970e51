import { BlockList, isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../ports/shared/at-most.js';

const MAPPED = /^::ffff:(?=\d+\.)/i;
/**
 * Prefix lengths by which an IPv6 address is counted: one household or server (64), the most that
 * one subscriber usually gets (56), and a free allocation with 65,536 networks of 64 bits (48).
 */
export const IPV6_PREFIXES = [64, 56, 48] as const;
const GROUP_BITS = 16;
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
 * Names of the networks that a client counts in, the narrowest first: its IPv4 address, or the /64,
 * /56 and /48 of its IPv6 address. Empty for a private address: all clients come through a load
 * balancer.
 */
export function networksOf(address: string): readonly string[] {
  const known = clients.get(address);
  if (known) return known;
  const networks = parsed(address);
  clients.set(address, networks);
  return networks;
}

/** The narrowest network, which stands for one client. Undefined for a private address. */
export const clientOf = (address: string): string | undefined => networksOf(address)[0];

/**
 * Cache: the same few thousand addresses repeat, and one computation takes as long as issuing a
 * queue number.
 */
const clients = new LRUCache<string, readonly string[]>(atMost(20_000));

function parsed(address: string): readonly string[] {
  const plain = address.replace(MAPPED, '').replace(/%.*$/, '');
  const family = isIPv6(plain) ? 'ipv6' : 'ipv4';
  if (inside.check(plain, family)) return [];
  if (family === 'ipv4') return [plain];
  const groups = groupsOf(plain);
  const ipv4 = mappedIpv4(groups);
  if (ipv4 !== undefined) return parsed(ipv4);
  return IPV6_PREFIXES.map((bits) => `${prefixOf(groups, bits)}::/${bits}`);
}

/** An IPv4 address written as `::ffff:cb00:7101` is that IPv4 address. */
function mappedIpv4(groups: readonly number[]): string | undefined {
  if (groups[5] !== 0xffff || groups.slice(0, 5).some((group) => group !== 0)) return undefined;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

function prefixOf(groups: readonly number[], bits: number): string {
  return groups
    .slice(0, Math.ceil(bits / GROUP_BITS))
    .map((group, at) => {
      const left = Math.min(GROUP_BITS, bits - at * GROUP_BITS);
      return (group & (0xffff << (GROUP_BITS - left))).toString(16);
    })
    .join(':');
}

function groupsOf(address: string): readonly number[] {
  const [head = [], tail] = address
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const missing = GROUPS - head.length - (tail?.length ?? 0);
  const groups = [...head, ...Array<string>(tail ? missing : 0).fill('0'), ...(tail ?? [])];
  return groups.map((group) => parseInt(group, 16));
}
