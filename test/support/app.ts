import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import type { Waits } from '../../src/app/app.module.js';
import { startBoxoffice, type Boxoffice } from '../../src/app/boxoffice.js';
import { readConfig } from '../../src/config/config.js';
import { PROJECTION_RUNNERS } from '../../src/projections/tokens.js';
import { expectDocumented, documentAnswersOf } from './documented.js';
import { freshDatabase, type FreshDatabase } from './services/database.js';
import {
  openEventStoreDbServer,
  type EventStoreDbServer,
} from './eventstoredb/eventstoredb-server.js';

/** The whole service runs over each of these. */
export const EVENT_STORES = ['postgres', 'eventstoredb'] as const;
export type EventStoreName = (typeof EVENT_STORES)[number];

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // Each test knows what it asked for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface Ask {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A Boxoffice of the test's own: real sockets, a fresh database, its own event store. */
export interface TestApp extends Boxoffice {
  readonly databaseUrl: string;
  /** Set when EventStoreDB stores the domain events. */
  readonly node: EventStoreDbServer | undefined;
  token(sub: string, ...roles: string[]): Promise<string>;
  /** Mints a customer's token. */
  tokenWithEmail(sub: string, email: string, claims?: object): Promise<string>;
  ask(method: string, path: string, options?: Ask): Promise<Reply>;
}

/** Settles slow and silent payments in the same order as in production, but sooner. */
export const SHORT_WAITS: Waits = {
  scanMs: 50,
  settlement: { graceMs: 200, inquiryAfterMs: 2_500, firstRetryMs: 300 },
  // A buyer is waited for as long as in production, which a busy machine needs.
  sandbox: { slowMs: 3_000, lostMs: 500, lateMs: 200 },
};

export async function startApp(
  eventStore: EventStoreName,
  settings: Readonly<Record<string, string>> = {},
  waits: Waits = {},
  /** One that outlives it; else a fresh one, dropped with it. */
  given?: FreshDatabase,
): Promise<TestApp> {
  const database = given ?? (await freshDatabase());
  const node = eventStore === 'eventstoredb' ? await openEventStoreDbServer() : undefined;
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-app-'));
  const secret = randomBytes(32).toString('hex');
  const cleanUp = async () => {
    await node?.close();
    if (!given) await database.drop();
    await rm(directory, { recursive: true, force: true });
  };
  const boxoffice = await startBoxoffice(
    readConfig({
      NODE_ENV: 'test',
      DATA_DIR: directory,
      DATABASE_URL: database.url,
      EVENTSTORE_URL: node?.connectionString,
      JWT_SECRET: secret,
      PORT: '0',
      LOG_LEVEL: 'error',
      MAIL: 'off',
      ...settings,
    }),
    waits,
  ).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  const forgetAnswers = documentAnswersOf(boxoffice);
  // On a database of its own no other node runs the projections.
  if (!given) await projectionsLive(boxoffice);
  return {
    ...boxoffice,
    databaseUrl: database.url,
    node,
    token: (sub, ...roles) => mint(secret, sub, roles),
    tokenWithEmail: (sub, email, claims) => mint(secret, sub, ['customer'], { email, ...claims }),
    ask: (method, path, options) => ask(boxoffice.url + path, method, options),
    close: async () => {
      await boxoffice.close();
      forgetAnswers();
      await cleanUp();
    },
  };
}

/**
 * Time for the projections of a new service to become live. They cannot while a test withholds the
 * event store. Milliseconds.
 */
const LIVE_MS = 3_000;

/** A service answers before its projections have caught up; a test would read its writes late. */
async function projectionsLive({ get }: Boxoffice): Promise<void> {
  const runners = get(PROJECTION_RUNNERS);
  const deadline = performance.now() + LIVE_MS;
  while (runners.some((runner) => runner.status().state !== 'live')) {
    if (performance.now() > deadline) return;
    await sleep(20);
  }
}

export function mint(
  secret: string,
  sub: string,
  roles: string[],
  claims: object = {},
): Promise<string> {
  return new SignJWT({ roles, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
}

/**
 * A body that is a string or bytes goes as it is; anything else as JSON.
 * @throws Error when a shop of this process answers other than its OpenAPI document says
 */
export async function ask(
  url: string,
  method: string,
  { token, body, headers = {} }: Ask = {},
): Promise<Reply> {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const answer = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  const isJson = /[/+]json/.test(answer.headers.get('content-type') ?? '');
  const parsed: unknown = isJson && text ? JSON.parse(text) : text;
  expectDocumented(url, method, { status: answer.status, headers: answer.headers, body: parsed });
  return { status: answer.status, headers: answer.headers, body: parsed };
}
