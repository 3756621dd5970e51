import { problemKind, type ProblemCode, type Rejection } from './table/problem-table.js';

export const PROBLEM_JSON = 'application/problem+json';

/** An error that the exception filter answers as a problem. */
export class Problem extends Error {
  override name = 'Problem';
  constructor(
    readonly code: ProblemCode,
    readonly members: Readonly<Record<string, unknown>> = {},
    options?: { cause?: unknown },
  ) {
    super(problemKind(code).title, options);
  }
}

type Outcome =
  { readonly accepted: true } | { readonly accepted: false; readonly rejection: Rejection };

/** Returns the outcome of an accepted command. @throws Problem for a rejected one */
export function accepted<O extends Outcome>(outcome: O): Extract<O, { readonly accepted: true }> {
  if (outcome.accepted) return outcome as Extract<O, { readonly accepted: true }>;
  const { code, ...members } = outcome.rejection;
  throw new Problem(code, members);
}

/** Returns the body of a problem. `instance` is the path of the request, without its query. */
export function problemBody(
  code: ProblemCode,
  instance: string,
  members: Readonly<Record<string, unknown>> = {},
  isPaying = false,
): Record<string, unknown> {
  const kind = problemKind(code);
  const { title } = kind;
  const { status, detail } = (isPaying && kind.whenPaying) || kind;
  return { type: `/problems#${code}`, title, status, code, detail, instance, ...members };
}

/** Returns the headers of a problem, including the media type. */
export function problemHeaders(code: ProblemCode): Record<string, string> {
  const { status, retryAfter } = problemKind(code);
  return {
    'content-type': PROBLEM_JSON,
    'cache-control': 'no-store',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...(status === 401 && { 'www-authenticate': challengeOf(code) }),
  };
}

/**
 * Returns the value of `WWW-Authenticate`. RFC 6750: a request without a token gets no error code.
 */
function challengeOf(code: ProblemCode): string {
  return code === 'token-missing' ? 'Bearer' : `Bearer error="invalid_token"`;
}
