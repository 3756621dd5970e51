import { hash } from 'node:crypto';

/** What every digest begins with; another way to hash gets another name. */
const CHAIN = 'boxoffice-chain-1';

/** A domain event as the log keeps it: data and metadata are the JSON text that was written, byte for byte. */
export interface StoredText {
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/**
 * SHA-256, base64url, of the lines: name of the chain, stream, revision, id in lower case, type, data, metadata. None of them
 * holds a line feed: JSON text writes it as an escape. The metadata names the digest of the domain event before.
 */
export function digestOf({ stream, revision, id, type, data, metadata }: StoredText): string {
  const lines = `${CHAIN}\n${stream}\n${revision}\n${id.toLowerCase()}\n${type}\n${data}\n${metadata}`;
  return hash('sha256', lines, 'base64url');
}

/** What the first domain event of a stream names as the digest before it. */
export const genesisOf = (stream: string): string =>
  hash('sha256', `${CHAIN}\n${stream}`, 'base64url');

/** How far a stream has been followed. */
export interface ChainEnd {
  readonly revision: bigint;
  readonly digest: string;
  /** Whether a domain event so far named a digest; from the first that does, all have to. */
  readonly chained: boolean;
}

export type ChainProblem =
  /** A revision is not there. */
  | 'missing'
  /** It stands where another one stands already. */
  | 'repeated'
  /** It names no digest, though one before it does. */
  | 'unchained'
  /** It is not what it was: what comes behind it, or a checkpoint, names another digest of it. */
  | 'altered';

export type Followed =
  | { readonly end: ChainEnd; readonly problem?: undefined }
  | { readonly problem: ChainProblem; readonly revision: bigint; readonly end: ChainEnd };

/**
 * Goes on to the next domain event of a stream. For `altered`, either the one before is not what it was or this one is: the
 * revision named is the one before, until the next one shows whether this one was left as it is.
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
