import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type Dispatcher } from 'undici';
import type { Argv } from 'yargs';
import { operatorConfig } from '../config/operator.js';
import { Refused, Unavailable, type ExitCode } from './exit-codes.js';
import type { Common } from './verb.js';

/** Options of verbs that call a running service. */
export interface ServiceOptions extends Common {
  readonly url?: string;
  readonly token?: string;
}

export function serviceOptions<Args extends Common>(
  yargs: Argv<Args>,
): Argv<Args & ServiceOptions> {
  return yargs.options({
    url: {
      type: 'string',
      requiresArg: true,
      describe: 'URL of the service; default: BOXOFFICE_URL',
    },
    token: {
      type: 'string',
      requiresArg: true,
      describe:
        'Token of your account; default: BOXOFFICE_TOKEN, which is not visible in process lists',
    },
  }) as unknown as Argv<Args & ServiceOptions>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // Each verb knows the shape of the response to its request.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

/** Client of a running service, with the rights of the token's account. */
export interface Service {
  readonly url: string;
  /**
   * Returns the response, also when the service rejects the request. Retries while the service is
   * overloaded or unavailable, so the request must be idempotent.
   * @throws Unavailable when no attempt got a response other than 429 or 503
   */
  ask(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply>;
  /**
   * Returns the body of a successful response.
   * @throws Refused for any other response; Unavailable
   */
  demand(method: Dispatcher.HttpMethod, path: string, body?: unknown): Promise<Reply['body']>;
  close(): Promise<void>;
}

/** Default number of concurrent requests. */
const CONNECTIONS = 8;
const ATTEMPTS = 6;
/**
 * Milliseconds between attempts: doubled each time, or as `Retry-After` demands, each up to its
 * maximum.
 */
const PAUSE_MS = { first: 250, max: 15_000, maxRetryAfter: 60_000 };
/** Milliseconds to wait for the start of a response, and between two parts of its body. */
const RESPONSE_MS = 30_000;

/** Opens a client for the time of `work`. @throws ConfigError and the errors of `Service` */
export async function withService(
  args: ServiceOptions,
  work: (service: Service) => Promise<ExitCode>,
): Promise<ExitCode> {
  const service = openService(args);
  try {
    return await work(service);
  } finally {
    await service.close();
  }
}

/** @throws ConfigError */
export function openService(
  args: ServiceOptions,
  { connections = CONNECTIONS, attempts = ATTEMPTS } = {},
): Service {
  const { url, token } = operatorConfig(args);
  const pool = new Pool(new URL(url).origin, {
    connections,
    headersTimeout: RESPONSE_MS,
    bodyTimeout: RESPONSE_MS,
  });
  const base = new URL(url).pathname.replace(/\/$/, '');

  const once = async (
    ...[method, path, body, more]: Parameters<Service['ask']>
  ): Promise<Reply> => {
    const {
      statusCode,
      headers,
      body: stream,
    } = await pool.request({
      method,
      path: base + path,
      headers: {
        accept: 'application/json',
        ...more,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await stream.text();
    return { status: statusCode, headers, body: parse(text) };
  };

  const ask: Service['ask'] = async (...asked) => {
    let problem = '';
    for (let attempt = 1; attempt <= attempts; attempt++) {
      let pause = Math.min(PAUSE_MS.first * 2 ** (attempt - 1), PAUSE_MS.max);
      try {
        const reply = await once(...asked);
        if (reply.status !== 503 && reply.status !== 429) return reply;
        problem = describeProblem(reply);
        const retryAfter = Number(reply.headers['retry-after']) * 1_000;
        if (retryAfter > 0) pause = Math.min(retryAfter, PAUSE_MS.maxRetryAfter);
      } catch (error) {
        problem = (error as Error).message || String((error as NodeJS.ErrnoException).code);
      }
      if (attempt < attempts) await sleep(pause);
    }
    throw new Unavailable(
      `${url} is unavailable: ${problem}. Start the service, or name another with --url.`,
    );
  };

  return {
    url,
    ask,
    demand: async (method, path, body) => {
      const reply = await ask(method, path, body);
      if (reply.status >= 400) throw new Refused(describeProblem(reply));
      return reply.body;
    },
    close: () => pool.close(),
  };
}

/** A proxy may respond with something other than JSON. */
function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** Members of every problem; the others are values to which its `detail` refers. */
const COMMON_MEMBERS = ['type', 'title', 'status', 'code', 'detail', 'instance', 'errors'];
/** Characters shown of one such value. */
const MAX_VALUE_LENGTH = 300;

/** Describes a problem in one line: title, code, invalid fields, and all further values. */
export function describeProblem({ status, body }: Pick<Reply, 'status' | 'body'>): string {
  if (typeof body?.code !== 'string') return `response with status ${status}`;
  const fields: { path: string; message: string }[] = Array.isArray(body.errors) ? body.errors : [];
  const named = fields.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
  const carried = new Map(
    Object.entries(body)
      .filter(([name]) => !COMMON_MEMBERS.includes(name))
      .map(([name, value]) => [name, inWords(value)]),
  );
  const detail = String(body.detail).replace(/`(\w+)`/g, (reference, name: string) => {
    const value = carried.get(name) ?? reference;
    carried.delete(name);
    return value;
  });
  const rest = [...carried].map(([name, value]) => `${name}: ${value}`).join(', ');
  const values = rest === '' ? '' : ` (${rest})`;
  return `${body.title} (${body.code})${named ? `: ${named}` : `. ${detail}`}${values}`;
}

function inWords(value: unknown): string {
  const isPlain = Array.isArray(value) && value.every((one) => typeof one !== 'object');
  const text = isPlain
    ? value.join(' ')
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}
