/** Status and texts of one problem code. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** The cause and the next step. */
  readonly detail: string;
  /** Further members of the body. */
  readonly carries?: readonly string[];
  /** Seconds, for the `Retry-After` header. */
  readonly retryAfter?: number;
  /** Status and detail when the same cause rejects a payment. */
  readonly whenPaying?: { readonly status: number; readonly detail: string };
}

export const kind = (
  status: number,
  title: string,
  detail: string,
  more: Pick<ProblemKind, 'carries' | 'retryAfter' | 'whenPaying'> = {},
): ProblemKind => ({ status, title, detail, ...more });
