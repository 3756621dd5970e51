import { rootOf } from '../../src/audit/signed-heads.js';
import type { Head } from '../../src/audit/head.js';

describe('rootOf', () => {
  const head = (n: number): Head => ({
    stream: `payment-${n}`,
    revision: '0',
    digest: `d${n}`,
    recordedDigest: 'r',
  });
  it('returns the Merkle root in any order, and another one after any change', () => {
    const heads = Array.from({ length: 7 }, (_, n) => head(n));
    const root = rootOf(heads);
    expect(rootOf([...heads].reverse())).toBe(root);
    const others = [
      heads.slice(1),
      heads.map((each, n) => (n === 3 ? { ...each, revision: '1' } : each)),
      heads.map((each, n) => (n === 3 ? { ...each, digest: 'x' } : each)),
      heads.map((each, n) => (n === 3 ? { ...each, recordedDigest: 'x' } : each)),
      [...heads, head(7)],
    ];
    expect(new Set([root, ...others.map(rootOf)]).size).toBe(6);
  });
});
