/** The last domain event of a stream, as one signed head records it. */
export interface Head {
  readonly stream: string;
  readonly revision: string;
  readonly digest: string;
  /** SHA-256 over the times at which the store took the domain events since the previous head. */
  readonly recordedDigest: string;
}

/** Returns the key of a domain event: its revision and its stream. */
export const keyOf = ({
  stream,
  revision,
}: {
  stream: string;
  revision: bigint | string;
}): string => `${revision} ${stream}`;
