import { problemKind, type ProblemCode, type Rejection } from './problem-table.js';

export const PROBLEM_JSON = 'application/problem+json';

/** A refusal on its way to the exception filter. */
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

type Answer =
  { readonly accepted: true } | { readonly accepted: false; readonly rejection: Rejection };

/** @throws Problem for a command that was refused */
export function accepted<A extends Answer>(outcome: A): Extract<A, { readonly accepted: true }> {
  if (outcome.accepted) return outcome as Extract<A, { readonly accepted: true }>;
  const { code, ...members } = outcome.rejection;
  throw new Problem(code, members);
}

/** The body of a refusal. `instance` is the path that was asked for, without its query. */
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

/** Headers of a refusal, its media type included. */
export function problemHeaders(code: ProblemCode): Record<string, string> {
  const { status, retryAfter } = problemKind(code);
  return {
    'content-type': PROBLEM_JSON,
    'cache-control': 'no-store',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...(status === 401 && { 'www-authenticate': challengeOf(code) }),
  };
}

/** RFC 6750: a request without a token gets no error code. */
function challengeOf(code: ProblemCode): string {
  return code === 'token-missing' ? 'Bearer' : `Bearer error="invalid_token"`;
}
