import { hash } from 'node:crypto';

/** Namespace of all derived ids. It must never change, or repeated requests would get new ids. */
const NAMESPACE = Buffer.from('6f1d8f0a6c1c4d0e9a582f0f7a0b51c4', 'hex');

/** The namespace, and space for the text after it: most texts need no buffer of their own. */
const SCRATCH = Buffer.alloc(4_096);
NAMESPACE.copy(SCRATCH);
/** Bytes of a UTF-16 code unit in UTF-8. */
const MAX_BYTES_PER_CHARACTER = 3;

/**
 * Returns the same UUID (version 5, RFC 9562) for the same parts. Each sale needs several, and the
 * `uuid` package takes three times as long; a test compares the results.
 */
export function derivedId(...parts: readonly (string | number)[]): string {
  const digest = hash('sha1', inNamespace(parts.join('\n')), 'hex');
  const variant = '89ab'[Number.parseInt(digest[16]!, 16) & 3];
  const [first, second] = [digest.slice(0, 8), digest.slice(8, 12)];
  const [third, fourth] = [`5${digest.slice(13, 16)}`, `${variant}${digest.slice(17, 20)}`];
  return `${first}-${second}-${third}-${fourth}-${digest.slice(20, 32)}`;
}

function inNamespace(text: string): Buffer {
  if (NAMESPACE.length + MAX_BYTES_PER_CHARACTER * text.length > SCRATCH.length)
    return Buffer.concat([NAMESPACE, Buffer.from(text)]);
  return SCRATCH.subarray(0, NAMESPACE.length + SCRATCH.write(text, NAMESPACE.length));
}
