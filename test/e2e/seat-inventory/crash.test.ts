import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { seededChance } from '../../../src/demo/crowd/seeded-chance.js';
import { EVENT_STORES, ask, type Reply } from '../../support/app.js';
import { startProcess, type BoxofficeProcess } from '../../support/services/boxoffice-process.js';
import { freshDatabase, type FreshDatabase } from '../../support/services/database.js';
import {
  openEventStoreDbServer,
  type EventStoreDbServer,
} from '../../support/eventstoredb/eventstoredb-server.js';
import { EVENT, VENUE, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

const ROWS = 20;
const PER_ROW = 20;
const BUYERS = 30;
const CRASHES = 2;
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);

/** Answers that buyers got, which must stay true. */
interface Told {
  held: Map<string, { token: string; seatIds: string[] }>;
  sold: Set<string>;
}

describe.each(EVENT_STORES)(
  'the process is killed in the middle of a sale, over %s',
  (eventStore) => {
    let directory: string;
    let node: EventStoreDbServer | undefined;
    /**
     * Beside EventStoreDB; without it the process brings its own, which has to outlive the crash
     * too.
     */
    let database: FreshDatabase | undefined;
    let boxoffice: BoxofficeProcess;
    const start = async () => {
      boxoffice = await startProcess({
        DATA_DIR: directory,
        ...(node && { EVENTSTORE_URL: node.connectionString }),
        ...(database && { DATABASE_URL: database.url }),
      });
    };

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), `boxoffice-crash-${eventStore}-`));
      await chmod(directory, 0o755);
      if (eventStore === 'eventstoredb')
        [node, database] = [await openEventStoreDbServer(), await freshDatabase()];
      await start();
    });
    afterAll(async () => {
      await boxoffice?.stop();
      await node?.close();
      await database?.drop();
      await rm(directory, { recursive: true, force: true });
    });

    it(`keeps every confirmed reservation and sale (CRASH_SEED=${SEED})`, async () => {
      const chance = seededChance(SEED);
      const path = await putOnSale(boxoffice.url);
      const tokens = await Promise.all(
        Array.from({ length: BUYERS }, (_, at) => devToken(boxoffice.url, `buyer-${at}`)),
      );
      const told: Told = { held: new Map(), sold: new Set() };

      for (let crash = 1; crash <= CRASHES; crash++) {
        const selling = new AbortController();
        const buyers = tokens.map((token, at) =>
          buy(boxoffice.url, path, token, `${crash}-${at}`, chance, told, selling.signal),
        );
        const sold = told.sold.size;
        await until(() => told.sold.size > sold);
        await pause(chance() * 1_000);
        await boxoffice.kill();
        selling.abort();
        await Promise.all(buyers);
        await start();
        await expectAllTrue(boxoffice.url, path, told);
      }
      console.info(
        `${eventStore}: ${told.held.size} reservations and ${told.sold.size} sales ` +
          `survived ${CRASHES} crashes`,
      );
    }, 120_000);
  },
);

async function putOnSale(url: string): Promise<string> {
  const token = await devToken(url, 'organiser', 'organizer');
  const seatingPlan = smallPlan(ROWS, PER_ROW);
  const venue = await ask(`${url}/v1/venues`, 'POST', { token, body: { ...VENUE, seatingPlan } });
  const body = { ...EVENT, venueId: venue.body.venueId, maxSeatsPerCustomer: 100 };
  const event = await ask(`${url}/v1/events`, 'POST', { token, body });
  return `/v1/events/${event.body.eventId}`;
}

async function devToken(url: string, sub: string, role = 'customer'): Promise<string> {
  return (await ask(`${url}/v1/dev/tokens`, 'POST', { body: { sub, roles: [role] } })).body.token;
}

/** Buys seat after seat until the line goes dead; notes every answer. */
async function buy(
  url: string,
  path: string,
  token: string,
  name: string,
  chance: () => number,
  told: Told,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    const row = String.fromCharCode(65 + Math.floor(chance() * ROWS));
    const seatIds = [`${row}-${1 + Math.floor(chance() * PER_ROW)}`];
    const headers = { 'idempotency-key': `${name}-${attempt}` };
    const held = await orNothing(
      ask(`${url}${path}/reservations`, 'POST', { token, body: { seatIds }, headers }),
    );
    if (held?.status !== 201) continue;
    const { reservationId } = held.body;
    told.held.set(reservationId, { token, seatIds: held.body.seatIds });
    if (chance() < 0.3) continue;
    const body = { payment: { token: 'tok_success' } };
    const sold = await orNothing(
      ask(`${url}${path}/reservations/${reservationId}/confirm`, 'POST', { token, body }),
    );
    if (sold?.status === 200) told.sold.add(reservationId);
  }
}

/** A dead line is no answer: the buyer was told nothing. */
async function orNothing(reply: Promise<Reply>): Promise<Reply | undefined> {
  return reply.catch(() => undefined);
}

/** The read model catches up by itself after the start; it has this long. Milliseconds. */
const CATCH_UP_MS = 15_000;

async function expectAllTrue(url: string, path: string, { held, sold }: Told): Promise<void> {
  const deadline = Date.now() + CATCH_UP_MS;
  const expectTrue = async (reservationId: string, token: string, seatIds: string[]) => {
    // A sale whose answer was lost with the process may have been made all the same; never the
    // other way round.
    const expected = sold.has(reservationId) ? ['confirmed'] : ['held', 'confirmed'];
    let answer: Reply;
    do {
      answer = await ask(`${url}${path}/reservations/${reservationId}`, 'GET', { token });
    } while (
      !expected.includes(answer.body.status) &&
      Date.now() < deadline &&
      (await pause(50, true))
    );
    expect({ reservationId, status: answer.body.status, seatIds: answer.body.seatIds }).toEqual({
      reservationId,
      status: expected.includes(answer.body.status) ? answer.body.status : expected.join(' or '),
      seatIds,
    });
  };
  await Promise.all([...held].map(([id, { token, seatIds }]) => expectTrue(id, token, seatIds)));
  const seats = [...held.values()].flatMap(({ seatIds }) => seatIds);
  expect(new Set(seats).size).toBe(seats.length);
  const { body } = await ask(`${url}${path}/seat-status`, 'GET');
  expect(body.counts.sold).toBeGreaterThanOrEqual(sold.size);
  expect(body.counts.reserved + body.counts.sold).toBeGreaterThanOrEqual(held.size);
}
