import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bowlPlan } from '../../src/demo/samples/bowl-plan.js';
import { mint } from '../../test/support/app.js';
import { startProcess } from '../../test/support/services/boxoffice-process.js';
import { VENUE } from '../../test/support/seat-inventory/event-on-sale.js';
import { percentile } from '../report.js';

/** Bytes of a body, as large as is let in. */
const BODY_BYTES = 32 * 1024 * 1024 - 1_024;
const LOOK_EVERY_MS = 10;
/** Looked at before, for comparison. Milliseconds. */
const QUIET_MS = 3_000;
const LOOKER = resolve('test/support/crowd/look-alive.js');

/** How soon `/health/live` is answered. Milliseconds. */
export interface Looks {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly looks: number;
}

export interface BodiesProof {
  /**
   * Before the bodies are sent, and while they are read: what the machine does besides is in both.
   */
  readonly quiet: Looks;
  readonly busy: Looks;
  readonly seconds: number;
  /** How many bodies were answered with each status. */
  readonly statuses: Readonly<Record<string, number>>;
}

const filled = (before: string, part: (at: number) => string, after: string): Buffer => {
  const parts = [before];
  for (let bytes = before.length, at = 0; ; at++) {
    const text = part(at);
    bytes += text.length;
    if (bytes > BODY_BYTES - after.length) return Buffer.from(parts.join('') + after);
    parts.push(text);
  }
};

/** Bodies that take long to parse, to copy or to check. */
export const HOSTILE_BODIES: Readonly<Record<string, () => Buffer>> = {
  'unknown keys': () => filled('{"x":0', (at) => `,"k${at}":0`, '}'),
  'open brackets': () => filled('', () => '[', ''),
  'empty lists': () => filled('{"seatingPlan":[[]', () => ',[]', ']}'),
  'seats with keys of their own': () =>
    filled('{"seatingPlan":{"zones":[{}', (at) => `,{"a${at}":0,"b${at}":0,"c${at}":0}`, ']}}'),
  numbers: () => filled('{"name":[0', () => ',0', ']}'),
  'one long name': () => filled('{"name":"', () => 'xxxxxxxxxxxxxxxx', '"}'),
};

/** A stadium with twenty keys more for each seat. */
export function largeVenue(seats: number): Buffer {
  const plan = bowlPlan({ name: 'Bowl', capacity: seats });
  const more = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${at}`, at]));
  for (const { rows } of plan.zones)
    for (const { seats } of rows) for (const seat of seats) Object.assign(seat, more);
  return Buffer.from(JSON.stringify({ ...VENUE, seatingPlan: plan }));
}

/**
 * Sends all bodies at once to a Boxoffice of its own, and looks meanwhile at how soon it answers
 * others.
 */
export async function proveBodies(bodies: readonly Buffer[]): Promise<BodiesProof> {
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-bodies-'));
  // Private by default; started by root, Postgres runs as another account that has to enter.
  await chmod(directory, 0o755);
  const secret = randomBytes(32).toString('hex');
  const shop = await startProcess({ DATA_DIR: directory, JWT_SECRET: secret, MAIL: 'off' });
  try {
    const token = await mint(secret, 'organizer', ['organizer']);
    // The thread that reads and the code of the route are there before it counts.
    await send(shop.url, token, Buffer.from(`[${'0,'.repeat(100_000)}0]`));
    const quiet = await lookWhile(shop.url, () => pause(QUIET_MS));
    const statuses: Record<string, number> = {};
    const began = performance.now();
    const busy = await lookWhile(shop.url, async () => {
      const answers = await Promise.all(bodies.map((body) => send(shop.url, token, body)));
      for (const status of answers) statuses[status] = (statuses[status] ?? 0) + 1;
    });
    return { quiet, busy, seconds: (performance.now() - began) / 1_000, statuses };
  } finally {
    await shop.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function lookWhile(url: string, work: () => Promise<unknown>): Promise<Looks> {
  const looker = fork(LOOKER);
  const looked = new Promise<number[]>((resolve) =>
    looker.once('message', (times) => resolve(times as number[])),
  );
  looker.send({ url: `${url}/health/live`, everyMs: LOOK_EVERY_MS });
  await work();
  looker.send('end');
  const times = await looked;
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  return { p50, p99, worst: Math.max(...times), looks: times.length };
}

function send(url: string, token: string, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': body.length,
    };
    request(`${url}/v1/venues`, { method: 'POST', headers, agent: false }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode!));
    })
      .once('error', reject)
      .end(body);
  });
}
