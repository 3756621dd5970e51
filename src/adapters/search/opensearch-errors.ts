import { errors } from '@opensearch-project/opensearch';
import { SearchUnavailable } from '../../ports/search/search-index.js';

/** Status of a request that a busy server rejects. */
export const TOO_BUSY = 429;
const NOT_FOUND = 404;

/** Returns the type of error that the server reports. */
export const typeOf = (error: unknown): string | undefined =>
  error instanceof errors.ResponseError
    ? (error.body as { error?: { type?: string } } | null)?.error?.type
    : undefined;

/**
 * Returns undefined when the index or alias does not exist.
 * @throws SearchUnavailable
 */
export async function unlessMissing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === NOT_FOUND) return undefined;
    throw asUnavailable(error);
  }
}

/** @throws SearchUnavailable */
export async function orUnavailable<T>(request: PromiseLike<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw asUnavailable(error);
  }
}

/**
 * Timeouts and missing shards or indices are temporary. Any other rejection is a programming error.
 */
export function asUnavailable(error: unknown): Error {
  if (error instanceof errors.ResponseError) {
    const { type = '', reason } =
      (error.body as { error?: { type?: string; reason?: string } })?.error ?? {};
    return rejectionOf(type, error.statusCode, reason, error);
  }
  if (error instanceof errors.OpenSearchClientError)
    return new SearchUnavailable(`OpenSearch does not answer: ${error.message}`, { cause: error });
  return error as Error;
}

export function rejectionOf(type: string, status: number, reason = '', cause?: unknown): Error {
  const text = `OpenSearch: ${status} ${type}: ${reason}`;
  const mayPass = status === TOO_BUSY || status >= 500 || type === 'index_not_found_exception';
  return mayPass ? new SearchUnavailable(text, { cause }) : new Error(text, { cause });
}
