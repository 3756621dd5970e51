import { clientOf, networksOf } from '../../../src/http/platform/addresses.js';

describe('the networks of a client', () => {
  it.each<[address: string, networks: readonly string[]]>([
    ['203.0.113.7', ['203.0.113.7']],
    ['::ffff:203.0.113.7', ['203.0.113.7']],
    ['::ffff:cb00:7107', ['203.0.113.7']],
    ['2001:db8:1:2ab:3::9', ['2001:db8:1:2ab::/64', '2001:db8:1:200::/56', '2001:db8:1::/48']],
    ['2001:DB8:0001:02AB::', ['2001:db8:1:2ab::/64', '2001:db8:1:200::/56', '2001:db8:1::/48']],
    ['2001:db8::9%eth0', ['2001:db8:0:0::/64', '2001:db8:0:0::/56', '2001:db8:0::/48']],
    ['10.1.2.3', []],
    ['::ffff:10.1.2.3', []],
    ['::ffff:a01:203', []],
    ['100.64.0.1', []],
    ['::1', []],
    ['fd00::1', []],
    ['fe80::1%eth0', []],
  ])('of %s are %j', (address, networks) => {
    expect(networksOf(address)).toEqual(networks);
    expect(clientOf(address)).toBe(networks[0]);
  });
});
