import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type Dispatcher } from 'undici';
import type { Argv } from 'yargs';
import { operatorConfig } from '../config/operator.js';
import { Refused, Unavailable, type ExitCode } from './exit-codes.js';
import type { Common } from './verb.js';

/** Of a verb that speaks to a running service. */
export interface OfService extends Common {
  readonly url?: string;
  readonly token?: string;
}

export function serviceOptions<Args extends Common>(yargs: Argv<Args>): Argv<Args & OfService> {
  return yargs.options({
    url: { type: 'string', requiresArg: true, describe: 'The service; else BOXOFFICE_URL' },
    token: {
      ...{ type: 'string', requiresArg: true },
      describe: 'Of your account; else BOXOFFICE_TOKEN, which no list of processes shows',
    },
  }) as unknown as Argv<Args & OfService>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // Each verb knows what it has asked for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

/** A running service, as the account of the token sees it. */
export interface Service {
  readonly url: string;
  /**
   * What it answers, refusals of the request itself included. Asked again while it is overloaded or cannot be reached, so
   * only ask for what may happen twice.
   * @throws Unavailable it did not answer, or only that it cannot now, several times
   */
  ask(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply>;
  /** The body of what it answers. @throws Refused when that is not a success; Unavailable */
  demand(method: Dispatcher.HttpMethod, path: string, body?: unknown): Promise<Reply['body']>;
  close(): Promise<void>;
}

/** Requests under way at once, unless told. */
const CONNECTIONS = 8;
const TRIES = 6;
/** Between tries: doubled each time, or what `Retry-After` says, each within a bound. Milliseconds. */
const PAUSE_MS = { first: 250, longest: 15_000, longestTold: 60_000 };
/** For an answer to begin. Milliseconds. */
const ANSWER_MS = 30_000;

/** For the time of one piece of work. @throws ConfigError, and what `Service` throws */
export async function withService(
  args: OfService,
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
  args: OfService,
  { connections = CONNECTIONS, tries = TRIES } = {},
): Service {
  const { url, token } = operatorConfig(args);
  const pool = new Pool(new URL(url).origin, {
    connections,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
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
    for (let attempt = 1; attempt <= tries; attempt++) {
      let pause = Math.min(PAUSE_MS.first * 2 ** (attempt - 1), PAUSE_MS.longest);
      try {
        const reply = await once(...asked);
        if (reply.status !== 503 && reply.status !== 429) return reply;
        problem = describeProblem(reply);
        const told = Number(reply.headers['retry-after']) * 1_000;
        if (told > 0) pause = Math.min(told, PAUSE_MS.longestTold);
      } catch (error) {
        problem = (error as Error).message || String((error as NodeJS.ErrnoException).code);
      }
      if (attempt < tries) await sleep(pause);
    }
    throw new Unavailable(`${url} cannot be asked: ${problem}`);
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

/** Not every answer on the way is ours: a proxy may say something else. */
function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** What every refusal has; the rest are the values that its `detail` speaks of. */
const OF_EVERY_PROBLEM = ['type', 'title', 'status', 'code', 'detail', 'instance', 'errors'];
/** Characters of one such value that are told. */
const MAX_VALUE_LENGTH = 300;

/** One line: what was refused, its code, what is wrong with which field, and every value that the refusal carries. */
export function describeProblem({ status, body }: Pick<Reply, 'status' | 'body'>): string {
  if (typeof body?.code !== 'string') return `answer ${status}`;
  const fields: { path: string; message: string }[] = Array.isArray(body.errors) ? body.errors : [];
  const named = fields.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
  const carried = Object.entries(body)
    .filter(([name]) => !OF_EVERY_PROBLEM.includes(name))
    .map(([name, value]) => `${name}: ${inWords(value)}`);
  const values = carried.length > 0 ? ` (${carried.join(', ')})` : '';
  return `${body.title} (${body.code})${named ? `: ${named}` : `. ${body.detail}`}${values}`;
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
