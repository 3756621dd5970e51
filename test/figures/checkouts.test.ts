import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, chmod } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { derivedId } from '../../src/domain/derived-id.js';
import { serveSandbox } from '../../src/adapters/payments/sandbox-http.js';
import { openRemoteSandboxGateway } from '../../src/adapters/payments/sandbox-gateway.js';
import type { PaymentGateway, ProviderEntry } from '../../src/ports/payment-gateway.js';
import { ask, mint, type Reply } from '../support/app.js';
import { startProcess, type BoxofficeProcess } from '../support/boxoffice-process.js';
import { EVENT, smallHouse, VENUE } from '../support/houses.js';
import { collect } from '../support/write-side.js';

/** The whole of it with `npm run figures:payments`: 10,000 checkouts and five kills. */
const CHECKOUTS = Number(process.env.BOXOFFICE_CHECKOUTS ?? 120);
const KILLS = Number(process.env.BOXOFFICE_KILLS ?? 1);
const BUYERS_AT_ONCE = 96;
/** Of each twenty checkouts one goes each of these ways, and fifteen go well. */
const TROUBLE = ['tok_slow', 'tok_silent', 'tok_twice', 'tok_lost', 'tok_late'];
const WAITS = { slowMs: 3_000, lostMs: 500, lateMs: 500 };
const HOLD_SECONDS = Number(process.env.BOXOFFICE_HOLD_SECONDS ?? 4);
/** The last capture comes after the longest hold, its extension and what the provider waits. Milliseconds. */
const LAST_CAPTURE_MS = HOLD_SECONDS * 2_000 + WAITS.slowMs + 1_000;
/** After the last checkout everything has to come to rest within this. Milliseconds. */
const REST_MS = Math.max(90_000, CHECKOUTS * 40);

/** Every second of those that are captured after the hold: somebody waits for the seat. */
const losesItsSeat = (at: number) => at % 40 === TROUBLE.indexOf('tok_late');
const tokenOf = (at: number) => TROUBLE[at % 20] ?? 'tok_success';

it(
  `${CHECKOUTS} checkouts, a quarter of them in trouble, and the process killed ${KILLS} times: the books balance`,
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'boxoffice-checkouts-'));
    await chmod(directory, 0o755);
    const [secret, webhookSecret, apiKey] = [hex(), hex(), hex()];
    const port = await freePort();
    const sandbox = await serveSandbox({
      port: 0,
      apiKey,
      webhookSecret,
      waits: WAITS,
      journal: join(directory, 'sandbox.jsonl'),
      webhookUrl: `http://127.0.0.1:${port}/v1/payments/webhooks/sandbox`,
    });
    const start = () =>
      startProcess({
        DATA_DIR: directory,
        PORT: String(port),
        JWT_SECRET: secret,
        PAYMENTS_SANDBOX_URL: sandbox.url,
        PAYMENTS_SANDBOX_API_KEY: apiKey,
        PAYMENTS_SANDBOX_SECRET: webhookSecret,
      });
    let shop: BoxofficeProcess = await start();
    const gateway = openRemoteSandboxGateway({ url: sandbox.url, apiKey, webhookSecrets: [webhookSecret] });
    try {
      const { url } = shop;
      const organizer = await mint(secret, 'organizer', ['organizer', 'operator']);
      const sale = await putOnSale(url, organizer);
      let done = 0;
      const rivals: Promise<void>[] = [];
      const killer = (async () => {
        for (let kill = 1; kill <= KILLS; kill++) {
          const after = (CHECKOUTS * kill) / (KILLS + 1);
          while (done < after) await pause(20);
          await shop.kill();
          shop = await start();
        }
      })();
      const began = performance.now();
      const bought = await inParallel(BUYERS_AT_ONCE, CHECKOUTS, async (at) => {
        const token = await mint(secret, `buyer-${at}`, ['customer']);
        const reservationId = await checkOut(`${url}${sale.path}`, token, sale.seatIds[at]!, tokenOf(at));
        if (losesItsSeat(at)) rivals.push(takeWhenFree(`${url}${sale.path}`, secret, sale.seatIds[at]!));
        done++;
        return { token, reservationId };
      });
      await Promise.all(rivals);
      await killer;
      const seconds = (performance.now() - began) / 1_000;
      const entries = await atRest(url, organizer, gateway);

      const owners = await inParallel(32, CHECKOUTS, async (at) => {
        const { token, reservationId } = bought[at]!;
        const { body } = await ask(`${url}${sale.path}/reservations/${reservationId}`, 'GET', { token });
        const charge = await gateway.find(derivedId('charge', reservationId, 1));
        return {
          captured: charge?.status === 'captured',
          tickets: (body.tickets?.length ?? 0) as number,
          refunded: body.payment?.status === 'refunded',
        };
      });
      const mails = await mailsAtRest(
        join(directory, 'outbox'),
        owners.filter(({ tickets }) => tickets > 0).length,
      );
      const { body: books } = await ask(`${url}/v1/ops/ledger`, 'GET', { token: organizer });
      const captures = entries.filter(({ kind }) => kind === 'capture');
      const refunds = entries.filter(({ kind }) => kind === 'refund');
      const withTickets = owners.filter(({ tickets }) => tickets === 1).length;
      const refunded = owners.filter((owner) => owner.refunded).length;
      console.info(
        `${CHECKOUTS} checkouts in ${seconds.toFixed(0)} s through ${KILLS} kills: ${captures.length} captured, ` +
          `${withTickets} with tickets, ${refunded} refunded, ${mails} mails; books ${JSON.stringify(books.totals)}`,
      );
      const wronged = owners.filter(
        ({ captured, tickets, refunded }) =>
          captured !== (tickets === 1 || refunded) || (tickets > 0 && refunded),
      );
      expect(wronged).toEqual([]);
      // Whoever was captured has one thing or the other; a try that never reached the provider cost nobody anything.
      expect(captures).toHaveLength(withTickets + refunded);
      expect(captures.length).toBeGreaterThan(CHECKOUTS / 2);
      expect(new Set(refunds.map(({ reference }) => reference)).size).toBe(refunds.length);
      expect(refunds).toHaveLength(refunded);
      // Where nobody loses a seat, nothing was tried.
      expect(refunded).toBeGreaterThan(0);
      const price = EVENT.prices[0]!.amountMinor;
      expect(books).toMatchObject({
        balanced: true,
        totals: [
          {
            capturedMinor: captures.length * price,
            keptMinor: withTickets * price,
            refundedMinor: refunded * price,
            obligationsMinor: 0,
            unsettledMinor: 0,
          },
        ],
      });
      expect(mails).toBe(withTickets);
    } finally {
      await shop.stop();
      await gateway.close();
      await sandbox.close();
      await rm(directory, { recursive: true, force: true });
    }
  },
  REST_MS + CHECKOUTS * 60 + 120_000,
);

const hex = () => randomBytes(32).toString('hex');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function putOnSale(url: string, token: string): Promise<{ path: string; seatIds: string[] }> {
  const seatingPlan = smallHouse(Math.ceil(CHECKOUTS / 50), 50);
  const venue = await ask(`${url}/v1/venues`, 'POST', { token, body: { ...VENUE, seatingPlan } });
  const body = { ...EVENT, venueId: venue.body.venueId, holdSeconds: HOLD_SECONDS };
  const event = await ask(`${url}/v1/events`, 'POST', { token, body });
  const path = `/v1/events/${event.body.eventId}`;
  const map = await ask(`${url}${path}/seating-map?atLeast=0`, 'GET');
  return { path, seatIds: map.body.seats.map(({ seatId }: { seatId: string }) => seatId) };
}

/** As a page does it: the same request again until somebody answers. Gives the reservation that was paid for. */
async function checkOut(path: string, token: string, seatId: string, payment: string): Promise<string> {
  for (let wish = 1; ; wish++) {
    const headers = { 'idempotency-key': `wish-${wish}` };
    const held = await untilAnswered(() =>
      ask(`${path}/reservations`, 'POST', { token, headers, body: { seatIds: [seatId] } }),
    );
    if (held.status !== 201) throw new Error(`reserve: ${held.status} ${JSON.stringify(held.body)}`);
    const { reservationId, status } = held.body as { reservationId: string; status: string };
    // The hold may have ended while the shop was down.
    if (status === 'expired') continue;
    const body = { payment: { token: payment } };
    const paid = await untilAnswered(() =>
      ask(`${path}/reservations/${reservationId}/confirm`, 'POST', { token, body }),
    );
    if (paid.status === 200 || paid.status === 202 || paid.body.code === 'payment-refunded')
      return reservationId;
    if (paid.body.code === 'reservation-expired' && !(await wasAskedFor(path, token, reservationId)))
      continue;
    if (paid.body.code === 'reservation-expired') return reservationId;
    throw new Error(`confirm: ${paid.status} ${JSON.stringify(paid.body)}`);
  }
}

/** Asks for the seat until the hold of the other is over. */
async function takeWhenFree(path: string, secret: string, seatId: string): Promise<void> {
  const token = await mint(secret, `rival of ${seatId}`.replaceAll(' ', '-'), ['customer']);
  const deadline = Date.now() + (HOLD_SECONDS * 2 + 10) * 1_000;
  for (let wish = 1; Date.now() < deadline; wish++) {
    const headers = { 'idempotency-key': `rival-${wish}` };
    const body = { seatIds: [seatId] };
    const held = await untilAnswered(() => ask(`${path}/reservations`, 'POST', { token, headers, body }));
    if (held.status === 201) return;
    await pause(100);
  }
}

/** Whether a try to pay had been written down, though its answer was lost. */
async function wasAskedFor(path: string, token: string, reservationId: string): Promise<boolean> {
  const { body } = await untilAnswered(() => ask(`${path}/reservations/${reservationId}`, 'GET', { token }));
  return body.payment !== undefined && body.payment.status !== 'failed';
}

async function untilAnswered(request: () => Promise<Reply>): Promise<Reply> {
  for (;;) {
    const reply = await request().catch(() => undefined);
    if (reply && reply.status < 500) return reply;
    await pause(100);
  }
}

/** Waits until nothing is open in the books and they know all that the provider has taken; gives the provider's list. */
async function atRest(url: string, token: string, gateway: PaymentGateway): Promise<ProviderEntry[]> {
  await pause(LAST_CAPTURE_MS);
  const deadline = Date.now() + REST_MS;
  for (;;) {
    const entries = await collect(gateway.entries());
    const { body } = await untilAnswered(() => ask(`${url}/v1/ops/ledger`, 'GET', { token }));
    const [total] = body.totals;
    const taken = entries.filter(({ kind }) => kind === 'capture').length;
    const isAtRest =
      total &&
      total.unsettledMinor === 0 &&
      total.obligationsMinor === 0 &&
      total.capturedMinor === taken * EVENT.prices[0]!.amountMinor;
    if (isAtRest || Date.now() > deadline) return entries;
    await pause(500);
  }
}

/** One file a mail. */
async function mailsAtRest(outbox: string, expected: number): Promise<number> {
  const deadline = Date.now() + REST_MS;
  for (;;) {
    const mails = (await readdir(outbox).catch(() => [])).filter((name) => name.endsWith('.eml')).length;
    if (mails >= expected || Date.now() > deadline) return mails;
    await pause(500);
  }
}

async function inParallel<T>(workers: number, count: number, work: (at: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < count; at = next++) results[at] = await work(at);
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return results;
}
