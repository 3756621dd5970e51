import { hash } from 'node:crypto';

/** Prefix of every digest. Another hashing method needs another name. */
const CHAIN = 'boxoffice-chain-1';

/** A domain event as stored: data and metadata are the written JSON text, byte for byte. */
export interface StoredText {
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/**
 * Returns the SHA-256, base64url, of the lines: name of the chain, stream, revision, id in lower
 * case, type, data, metadata. None of them contains a line feed: JSON text escapes it. The metadata
 * contains the digest of the domain event before.
 */
export function digestOf({ stream, revision, id, type, data, metadata }: StoredText): string {
  const origin = `${CHAIN}\n${stream}\n${revision}\n${id.toLowerCase()}\n${type}`;
  return hash('sha256', `${origin}\n${data}\n${metadata}`, 'base64url');
}

/** Returns the value that the first domain event of a stream has as its previous digest. */
export const genesisOf = (stream: string): string =>
  hash('sha256', `${CHAIN}\n${stream}`, 'base64url');

/** Position in a stream up to which the chain was verified. */
export interface ChainEnd {
  readonly revision: bigint;
  readonly digest: string;
  /**
   * Whether a domain event so far had a previous digest. From the first one on, all must have it.
   */
  readonly chained: boolean;
}

export type ChainProblem =
  /** A revision is missing. */
  | 'missing'
  /** A revision occurs twice. */
  | 'repeated'
  /** The domain event has no previous digest, but an earlier one has. */
  | 'unchained'
  /** The domain event was changed: the next one, or a signed head, has another digest of it. */
  | 'altered';

export type Followed =
  | { readonly end: ChainEnd; readonly problem?: undefined }
  | { readonly problem: ChainProblem; readonly revision: bigint; readonly end: ChainEnd };

/**
 * Verifies the next domain event of a stream. For `altered`, either the one before or this one was
 * changed: the reported revision is the one before, until the next one shows whether this one is
 * unchanged.
 */
export function follow(
  before: ChainEnd | undefined,
  event: StoredText,
  previousDigest: string | undefined,
): Followed {
  const expected = before ? before.revision + 1n : 0n;
  const end = {
    revision: event.revision,
    digest: digestOf(event),
    chained: before?.chained === true || previousDigest !== undefined,
  };
  if (event.revision > expected) return { problem: 'missing', revision: expected, end };
  if (event.revision < expected) return { problem: 'repeated', revision: event.revision, end };
  if (previousDigest === undefined)
    return before?.chained ? { problem: 'unchained', revision: event.revision, end } : { end };
  const named = before?.digest ?? genesisOf(event.stream);
  if (previousDigest === named) return { end };
  return { problem: 'altered', revision: before?.revision ?? event.revision, end };
}
