/** What a refusal looks like on the wire. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** A sentence or two that say what to do. */
  readonly detail: string;
  /** Further members of the body. */
  readonly carries?: readonly string[];
  /** Seconds, for the `Retry-After` header. */
  readonly retryAfter?: number;
  /** Set when a payment is refused for the same cause with a different status. */
  readonly whenPaying?: { readonly status: number; readonly detail: string };
}

export const kind = (
  status: number,
  title: string,
  detail: string,
  more: Pick<ProblemKind, 'carries' | 'retryAfter' | 'whenPaying'> = {},
): ProblemKind => ({ status, title, detail, ...more });
