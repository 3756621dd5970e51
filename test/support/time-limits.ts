/**
 * Ends each test and hook that takes longer than its time limit. The runner loads suites without
 * jest's own module registry and has no time limits.
 */

type Body = (...args: unknown[]) => unknown;
type Define = ((name: string, body?: Body, limitMs?: number) => void) & Record<string, unknown>;

/** Limit of a test or hook that names no other. Milliseconds. */
const DEFAULT_LIMIT_MS = 60_000;

function limited(body: Body, limitMs = DEFAULT_LIMIT_MS): Body {
  return async (...args) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((_, reject) => {
      const error = new Error(`not finished within ${limitMs} ms`);
      timer = setTimeout(() => reject(error), limitMs);
    });
    try {
      return await Promise.race([body(...args), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function limitTests(define: Define): Define {
  const withLimit = (name: string, body?: Body, limitMs?: number) =>
    define(name, body && limited(body, limitMs));
  const each =
    (...table: unknown[]) =>
    (name: string, body: Body, limitMs?: number) =>
      (define['each'] as (...table: unknown[]) => Define)(...table)(name, limited(body, limitMs));
  return Object.assign(withLimit, define, { each }) as Define;
}

const hooks = ['beforeAll', 'beforeEach', 'afterAll', 'afterEach'] as const;
const globals = globalThis as unknown as Record<string, Define>;
for (const name of ['it', 'test']) globals[name] = limitTests(globals[name]!);
for (const name of hooks) {
  const define = globals[name] as unknown as (body: Body) => void;
  const withLimit = (body: Body, limitMs?: number) => define(limited(body, limitMs));
  globals[name] = withLimit as unknown as Define;
}
