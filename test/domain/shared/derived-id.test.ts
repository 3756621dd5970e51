import { createHash } from 'node:crypto';
import { derivedId } from '../../../src/domain/shared/derived-id.js';

const NAMESPACE = Buffer.from('6f1d8f0a6c1c4d0e9a582f0f7a0b51c4', 'hex');

/** Version 5 as RFC 9562, section 5.5, describes it. */
function uuidVersion5(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

describe('a derived id', () => {
  it.each([
    ['of no parts', []],
    ['of texts and numbers', ['reservation', 7, 'A-1']],
    ['of texts outside of ASCII', ['Bühne', '舞台', '😀', '\ud800']],
    ['of a short text', ['a'.repeat(1_360)]],
    ['of a long text', ['a'.repeat(1_361)]],
    ['of a long text of three bytes each', ['舞'.repeat(5_000)]],
  ])('%s is a UUID of version 5', (_, parts) =>
    expect(derivedId(...parts)).toBe(uuidVersion5(parts.join('\n'))),
  );

  it('does not depend on earlier ids', () => {
    const long = derivedId('x'.repeat(1_000));
    expect(derivedId('x')).toBe(uuidVersion5('x'));
    expect(derivedId('x'.repeat(1_000))).toBe(long);
  });
});
