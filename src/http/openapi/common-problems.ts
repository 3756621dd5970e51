import type { OpenAPIObject } from '@nestjs/swagger';
import { CACHING } from '../platform/caching.js';
import { problemAnswers } from './problem-answers.js';
import type { ProblemCode } from '../problems/table/problem-table.js';
import { PROBLEM_JSON } from '../problems/problems.js';
import { isRateLimited } from '../abuse/rate-limiting.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
type Method = (typeof METHODS)[number];

/** Routes below `/v1/` that read neither the log nor a read model. */
const WITHOUT_STORE: ReadonlySet<string> = new Set(['/v1/dev/tokens', '/v1/audit/keys']);

/**
 * Adds to every operation the answers that follow from its route: rate limit, token, unavailable
 * store, entity tag. Rules apply them to routes (`applyRateLimits`, `Access`, `CACHING`), so
 * controllers don't list them.
 */
export function addCommonProblems(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      for (const code of commonProblems(path, method, operation)) add(operation, code);
      if (method === 'get' && hasEntityTag(path))
        operation.responses['304'] ??= { description: 'Not changed' };
    }
  }
  return document;
}

/** Returns whether the route answers `If-None-Match`, from the table of cacheable routes. */
function hasEntityTag(path: string): boolean {
  const caching = CACHING[path.replace(/\{(\w+)\}/g, ':$1')];
  return caching !== undefined && caching.etag !== 'none';
}

function commonProblems(
  path: string,
  method: Method,
  { security, parameters }: Operation,
): ProblemCode[] {
  const codes: ProblemCode[] = [];
  if (parameters?.some((parameter) => 'in' in parameter && parameter.in === 'path'))
    codes.push('url-malformed');
  if (isRateLimited(path)) codes.push('rate-limited');
  if (security) {
    codes.push(
      'token-missing',
      'token-invalid',
      'token-expired',
      'role-required',
      'token-keys-unavailable',
    );
  }
  if (path.startsWith('/v1/') && !WITHOUT_STORE.has(path)) {
    codes.push('read-model-unavailable');
    if (method !== 'get') codes.push('event-store-unavailable');
  }
  return codes;
}

/** Adds the code to the answer with its status. Copies: Nest reuses what decorators declare. */
function add(operation: Operation, code: ProblemCode): void {
  const [added] = problemAnswers([code]);
  const { status, description, content } = added!;
  const known = operation.responses[String(status)] as typeof added;
  const before = known?.content[PROBLEM_JSON];
  if (before && code in before.examples) return;
  const { schema, examples } = content[PROBLEM_JSON]!;
  operation.responses[String(status)] = {
    description: before ? `${known!.description}, ${description}` : description,
    content: { [PROBLEM_JSON]: { schema, examples: { ...before?.examples, ...examples } } },
  };
}
