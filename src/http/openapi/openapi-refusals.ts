import type { OpenAPIObject } from '@nestjs/swagger';
import { CACHING } from '../platform/caching.js';
import { refusalAnswers } from './answers.js';
import { problemKind, type ProblemCode } from '../problems/problem-table.js';
import { isRateLimited } from '../abuse/rate-limiting.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
type Method = (typeof METHODS)[number];

/** Routes below `/v1/` that read neither the log nor a read model. */
const WITHOUT_STORE: ReadonlySet<string> = new Set(['/v1/dev/tokens', '/v1/audit/keys']);

/**
 * Adds to every operation the answers that follow from its route: a rate limit, a token, a store that may not answer, an
 * entity tag.
 * They apply to routes by rule (`applyRateLimits`, `Access`), so they are not listed by hand at each.
 */
export function addCommonRefusals(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      for (const code of commonRefusals(path, method, operation)) add(operation, code);
      if (method === 'get' && hasEntityTag(path))
        operation.responses['304'] ??= { description: 'Not changed' };
    }
  }
  return document;
}

/** Whether the route answers `If-None-Match`, by the table of cacheable routes. */
function hasEntityTag(path: string): boolean {
  const caching = CACHING[path.replace(/\{(\w+)\}/g, ':$1')];
  return caching !== undefined && caching.etag !== 'none';
}

function commonRefusals(
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

/** One answer per status; its description and examples name every code. */
function add(operation: Operation, code: ProblemCode): void {
  const { status } = problemKind(code);
  const known = operation.responses[String(status)] as
    ReturnType<typeof refusalAnswers>[number] | undefined;
  const before = Object.keys(
    known?.content['application/problem+json']?.examples ?? {},
  ) as ProblemCode[];
  if (before.includes(code)) return;
  const [answer] = refusalAnswers([...before, code]);
  operation.responses[String(status)] = {
    description: answer!.description,
    content: answer!.content,
  };
}
