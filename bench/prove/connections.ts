import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, mint } from '../../test/support/app.js';
import {
  MEMORY_PROBE,
  startProcess,
  type Memory,
} from '../../test/support/services/boxoffice-process.js';
import { EVENT, smallPlan, VENUE } from '../../test/support/seat-inventory/event-on-sale.js';
import { inParallel } from './buyers.js';

/** For the service to notice the last closed connections. Milliseconds. */
const REST_MS = 200;
/** Connections of a kind that come first: caches fill and code is compiled. */
const WARM_UP = 50;
/** Connections of a kind between two measurements. */
const MEASURE_EVERY = 5_000;
/** Enough for an answer that is larger than the buffers of a socket. */
const LARGE_ROWS = 200;

export interface ConnectionsSettings {
  /** Connections of each kind, and live feeds. */
  readonly connections: number;
  readonly feeds: number;
  readonly atOnce: number;
  readonly onProgress?: (kind: string, done: number, memory: Memory) => void;
}

export interface KindOfConnection {
  readonly kind: string;
  readonly connections: number;
  readonly before: Memory;
  readonly after: Memory;
}

/**
 * One connection: sends `request`, and hangs up when `isEnough` says so of what has come, or when
 * the server does.
 */
interface Visit {
  readonly request: string;
  readonly isEnough?: (received: string, bytes: number) => boolean;
}

/**
 * Opens and closes connections of every kind to a Boxoffice, and measures what each kind leaves in
 * its memory.
 */
export async function proveConnections(settings: ConnectionsSettings): Promise<KindOfConnection[]> {
  const { connections, feeds, atOnce, onProgress = () => {} } = settings;
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-connections-'));
  // Private by default; started by root, Postgres runs as another account that has to enter.
  await chmod(directory, 0o755);
  const secret = randomBytes(32).toString('hex');
  const shop = await startProcess(
    { DATA_DIR: directory, JWT_SECRET: secret, MAIL: 'off', RATE_REQUESTS_PER_ACCOUNT: '1000000' },
    MEMORY_PROBE,
  );
  try {
    const port = Number(new URL(shop.url).port);
    const visits = await visitsOf(shop.url, secret);
    const kinds: KindOfConnection[] = [];
    for (const [kind, visit] of Object.entries(visits)) {
      const total = kind.startsWith('live feed') ? feeds : connections;
      const come = (count: number) => inParallel(atOnce, count, () => visitOnce(port, visit));
      await come(Math.min(total, WARM_UP));
      await pause(REST_MS);
      const before = await shop.memory();
      const step = Math.min(total, MEASURE_EVERY);
      let after = before;
      for (let done = 0; done < total; done += step) {
        await come(Math.min(step, total - done));
        await pause(REST_MS);
        after = await shop.memory();
        onProgress(kind, Math.min(done + step, total), after);
      }
      kinds.push({ kind, connections: total, before, after });
    }
    return kinds;
  } finally {
    await shop.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** One of each kind of route and each way to end. */
async function visitsOf(url: string, secret: string): Promise<Record<string, Visit>> {
  const { path, ticketId, reservationId, token } = await sellOne(url, secret);
  const get = (target: string, authorization?: string) => ({
    request: requestOf('GET', target, authorization),
  });
  return {
    'live feed': {
      ...get(`${path}/seat-status/stream`),
      isEnough: (text) => text.includes('\nid: '),
    },
    'live feed, left at once': { ...get(`${path}/seat-status/stream`), isEnough: () => true },
    'booking page': get('/'),
    JSON: get(path),
    'own reservations': get('/v1/me/reservations', token),
    'QR image': get(`${path}/tickets/${ticketId}/qr.svg`, token),
    PDF: get(`${path}/reservations/${reservationId}/tickets.pdf`, token),
    'not found': get('/v1/nothing'),
    'no token': get('/v1/me/reservations'),
    'not HTTP': { request: 'hello\r\n\r\n' },
    'left before the answer': { ...get('/v1/me/reservations', token), isEnough: () => true },
    'left in the middle of the answer': {
      ...get(`${path}/seating-map`),
      isEnough: (_text, bytes) => bytes > 0,
    },
    'left in the middle of the body': {
      request: requestOf(
        'POST',
        `${path}/reservations`,
        token,
        'content-length: 1000\r\n',
        '{"seatIds":',
      ),
      isEnough: () => true,
    },
  };
}

function requestOf(method: string, path: string, token?: string, headers = '', body = ''): string {
  const authorization = token === undefined ? '' : `authorization: Bearer ${token}\r\n`;
  const json = body === '' ? '' : 'content-type: application/json\r\n';
  return (
    `${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: ` +
    `close\r\n${authorization}${json}${headers}\r\n${body}`
  );
}

async function visitOnce(port: number, { request, isEnough }: Visit): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  let received = '';
  let bytes = 0;
  const leaveIfEnough = () => {
    if (isEnough?.(received, bytes)) socket.destroy();
  };
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (isEnough) received += chunk.toString('latin1');
    leaveIfEnough();
  });
  const closed = once(socket, 'close');
  // Sent as a whole, whether or not somebody stays for the answer.
  socket.once('connect', () =>
    socket.write(request, () => bytes === 0 && isEnough?.('', 0) && socket.destroy()),
  );
  await closed;
}

async function sellOne(url: string, secret: string) {
  const organizer = await mint(secret, 'organizer', ['organizer']);
  const token = await mint(secret, 'buyer', ['customer']);
  const post = async (path: string, by: string, body: object, headers?: Record<string, string>) => {
    const reply = await ask(url + path, 'POST', { token: by, body, headers });
    if (reply.status >= 300)
      throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const seatingPlan = smallPlan(LARGE_ROWS, 50);
  const { venueId } = await post('/v1/venues', organizer, { ...VENUE, seatingPlan });
  const { eventId } = await post('/v1/events', organizer, { ...EVENT, venueId });
  const path = `/v1/events/${eventId}`;
  const wish = { seatIds: ['A-1'] };
  const { reservationId } = await post(`${path}/reservations`, token, wish, {
    'idempotency-key': 'one',
  });
  const paying = { payment: { token: 'tok_success' } };
  const { tickets } = await post(`${path}/reservations/${reservationId}/confirm`, token, paying);
  return { path, token, reservationId, ticketId: tickets[0].ticketId as string };
}
