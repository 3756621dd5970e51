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
  const { revision } = event;
  const { next, digest, chained } = before
    ? { next: before.revision + 1n, ...before }
    : { next: 0n, digest: genesisOf(event.stream), chained: false };
  const end = {
    revision,
    digest: digestOf(event),
    chained: chained || previousDigest !== undefined,
  };
  if (revision > next) return { problem: 'missing', revision: next, end };
  if (revision < next) return { problem: 'repeated', revision, end };
  if (previousDigest === undefined)
    return chained ? { problem: 'unchained', revision, end } : { end };
  if (previousDigest === digest) return { end };
  return { problem: 'altered', revision: before?.revision ?? revision, end };
}
