import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { SignJWT } from 'jose';

export interface HttpRun {
  connections: number;
  requests: number;
  seconds: number;
  requestsPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  errors: number;
  not2xx: number;
}

/** A server in a process of its own. */
export interface Served {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts a module of this folder's build, which tells its URL over IPC. */
export async function serve(module: string, env: Record<string, string> = {}): Promise<Served> {
  const child: ChildProcess = fork(fileURLToPath(new URL(module, import.meta.url)), {
    env: { ...process.env, ...env },
    execArgv: ['--max-semi-space-size=64'],
  });
  const url = await new Promise<string>((resolve, refuse) => {
    child.once('message', (message) => resolve((message as { url: string }).url));
    child.once('exit', (code) =>
      refuse(new Error(`${module} ended with ${code} before it served.`)),
    );
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return { url, pid: child.pid!, stop };
}

/** Customers at work; each may hold and own 100 seats of the benched event. */
const CUSTOMERS = 2_400;

export async function customerTokens(secret: string): Promise<string[]> {
  const key = new TextEncoder().encode(secret);
  const mint = (sub: string) =>
    new SignJWT({ roles: ['customer'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(sub)
      .setExpirationTime('2h')
      .sign(key);
  return Promise.all(Array.from({ length: CUSTOMERS }, (_, at) => mint(`customer-${at}`)));
}

/** Hands out pair after pair of an event's seats, each with a customer and a key of its own. */
export interface Pairs {
  readonly eventId: string;
  readonly seatIds: readonly string[];
  readonly tokens: readonly string[];
  next: number;
}

export function reserveRequest(pairs: Pairs): autocannon.Request {
  return {
    method: 'POST',
    path: reservationsPath(pairs),
    setupRequest: (request) => nextReserve(pairs, request),
  };
}

/**
 * The same requests to a route that sells nothing, so that the same seats may be asked for again.
 */
export function yardstickRequest(pairs: Pairs, path: string): autocannon.Request {
  const asked = { ...pairs };
  return {
    method: 'POST',
    path,
    setupRequest: (request) => {
      if (asked.next * 2 + 1 >= asked.seatIds.length) asked.next = 0;
      return nextReserve(asked, request);
    },
  };
}

const reservationsPath = ({ eventId }: Pairs): string => `/v1/events/${eventId}/reservations`;

function nextReserve(pairs: Pairs, request: autocannon.Request): autocannon.Request {
  const pair = pairs.next++;
  const seatIds = [pairs.seatIds[pair * 2]!, pairs.seatIds[pair * 2 + 1]!];
  if (seatIds[1] === undefined) throw new Error('The hall is too small for this run.');
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${pairs.tokens[pair % pairs.tokens.length]}`,
    'idempotency-key': `bench-${pair}`,
  };
  return { ...request, headers, body: JSON.stringify({ seatIds }) };
}

/** Reserve, then confirm what was reserved: the whole sale over the wire. */
export function saleRequests(pairs: Pairs): autocannon.Request[] {
  interface Sale {
    authorization: string;
    reservationId: string;
  }
  return [
    {
      method: 'POST',
      path: reservationsPath(pairs),
      setupRequest: (request, context) => {
        const authorization = `Bearer ${pairs.tokens[pairs.next % pairs.tokens.length]}`;
        Object.assign(context, { authorization });
        return nextReserve(pairs, request);
      },
      onResponse: (_status, body, context) => {
        const { reservationId } = JSON.parse(body) as Sale;
        Object.assign(context, { reservationId });
      },
    },
    {
      method: 'POST',
      body: JSON.stringify({ payment: { token: 'tok_success' } }),
      setupRequest: (request, context) => {
        const { authorization, reservationId } = context as Sale;
        const path = `${reservationsPath(pairs)}/${reservationId}/confirm`;
        return { ...request, path, headers: { 'content-type': 'application/json', authorization } };
      },
    },
  ];
}

export async function load(
  url: string,
  requests: autocannon.Request[],
  connections: number,
  seconds: number,
): Promise<HttpRun> {
  const result = await autocannon({ url, connections, duration: seconds, requests, timeout: 30 });
  return {
    connections,
    requests: result.requests.total,
    seconds: result.duration,
    requestsPerSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    errors: result.errors + result.timeouts,
    not2xx: result.non2xx,
  };
}
