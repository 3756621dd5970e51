import { apiDocument } from './api-document.js';
import { table } from './tables.js';

interface Operation {
  readonly summary?: string;
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

/** Problems that nearly every call can answer: the page lists them once. */
export const COMMON_PROBLEMS = [
  'validation-failed',
  'body-malformed',
  'body-too-large',
  'url-malformed',
  'token-missing',
  'token-invalid',
  'token-expired',
  'role-required',
  'rate-limited',
  'read-model-unavailable',
];

/** Returns the table of all calls, from the OpenAPI document. */
export async function endpointsTable(): Promise<string> {
  const { paths } = await apiDocument();
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => [
      `\`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}\``,
      operation.security ? 'token' : '',
      operation.summary ?? '',
      answersOf(operation),
    ]),
  );
  return table(['call', 'needs', 'does', 'answers'], rows);
}

function answersOf({ responses }: Operation): string {
  const answers = Object.entries(responses).map(([status, { description = '' }]) => {
    if (Number(status) < 400) return status;
    const codes = [...description.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code!);
    const own = codes.filter((code) => !COMMON_PROBLEMS.includes(code));
    return own.length > 0 ? `${status} ${own.map((code) => `\`${code}\``).join(', ')}` : '';
  });
  return answers.filter(Boolean).join('; ');
}
