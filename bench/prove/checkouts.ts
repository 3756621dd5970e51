import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openRemoteSandboxGateway } from '../../src/demo/payment-sandbox/sandbox-gateway.js';
import { serveSandbox } from '../../src/demo/payment-sandbox/sandbox-http.js';
import { derivedId } from '../../src/domain/shared/derived-id.js';
import type {
  ChargeRequest,
  PaymentGateway,
  ProviderEntry,
} from '../../src/ports/payment/payment-gateway.js';
import type { LedgerReport } from '../../src/read-models/payment/ledger-check.js';
import { ask, mint } from '../../test/support/app.js';
import {
  startProcess,
  type BoxofficeProcess,
} from '../../test/support/services/boxoffice-process.js';
import { commandLine } from '../../test/support/services/command-line.js';
import { EVENT, smallPlan, VENUE } from '../../test/support/seat-inventory/event-on-sale.js';
import { collect } from '../../test/support/write-side.js';
import { checkOut, inParallel, untilAnswered, type Buyer, type Sale } from './buyers.js';
import { openLeapingClock } from './leaping-clock.js';

/** Of each twenty checkouts one goes each of these ways, and fifteen go well. */
const TROUBLE = ['tok_slow', 'tok_silent', 'tok_twice', 'tok_lost', 'tok_late'];
const cardOf = (at: number) => TROUBLE[at % 20] ?? 'tok_success';
/**
 * Every second of those that are captured after the hold: somebody else waits for the seat and buys
 * it.
 */
export const losesItsSeat = (at: number) => at % 40 === TROUBLE.indexOf('tok_late');
/**
 * Longer than a hold with its extension and the time that a killed shop takes to be back.
 * Milliseconds.
 */
const RIVAL_MS = { 'at-random': 20_000, 'after-rivals': 60_000 };
const PRICE = EVENT.prices[0]!.amountMinor;

export interface CheckoutsSettings {
  /** 20 at least. */
  readonly checkouts: number;
  /** `kill -9` in the middle, evenly spread. */
  readonly kills: number;
  readonly buyersAtOnce: number;
  /** Holds of the seats whose money comes after the hold. All others last ten minutes. */
  readonly lateHoldSeconds: number;
  /**
   * From the charge to the capture of slow ones, and of those whose webhook is lost. Milliseconds.
   */
  readonly slowMs: number;
  readonly lostMs: number;
  /**
   * When late captures come. `at-random`: half a second after the hold, whoever has the seat by
   * then. `after-rivals`: when everybody who waits for such a seat has bought it, so that it is
   * certain who has to get the money back.
   */
  readonly lateCaptures: 'at-random' | 'after-rivals';
  /** For everything to come to rest after the last checkout. Milliseconds. */
  readonly restMs: number;
  readonly onProgress?: (what: 'checkouts' | 'kills' | 'mails', done: number) => void;
}

/** What became of a buyer in the end. */
export interface Ending {
  readonly card: string;
  readonly captured: boolean;
  readonly tickets: number;
  readonly refunded: boolean;
}

export interface CheckoutsProof {
  /** Of all checkouts and kills. */
  readonly seconds: number;
  /** After which everything had come to rest. */
  readonly restSeconds: number;
  /** Of the checkouts in their order, then of those who waited for a seat. */
  readonly endings: readonly Ending[];
  /** Who bought a seat that somebody lost. */
  readonly rivals: number;
  /** Of the provider's own list. */
  readonly captures: number;
  readonly refunds: number;
  readonly mails: number;
  /** What `npm run ledger:check` says, which compares every entry with the provider's list. */
  readonly ledger: LedgerReport;
}

/**
 * Late captures come only when the sandbox's clock has leapt so far: less than webhooks may be
 * ahead. Milliseconds.
 */
const LEAP_MS = 200_000;

/**
 * Sells seats to a crowd through a payment provider in trouble and kills of the shop's process, and
 * counts at the end.
 */
export async function proveCheckouts(settings: CheckoutsSettings): Promise<CheckoutsProof> {
  const {
    checkouts,
    kills,
    buyersAtOnce,
    slowMs,
    lostMs,
    restMs,
    onProgress = () => {},
  } = settings;
  const isGated = settings.lateCaptures === 'after-rivals';
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-checkouts-'));
  // Private by default; started by root, Postgres runs as another account that has to enter.
  await chmod(directory, 0o755);
  const [secret, webhookSecret, apiKey] = [hex(), hex(), hex()];
  const port = await freePort();
  const clock = openLeapingClock();
  const sandbox = await serveSandbox({
    ...{ port: 0, clock, apiKey, webhookSecret },
    waits: { slowMs, lostMs, lateMs: isGated ? LEAP_MS : 500 },
    journal: join(directory, 'sandbox.jsonl'),
    webhookUrl: `http://127.0.0.1:${port}/v1/payments/webhooks/sandbox`,
  });
  const environment = {
    ...{ DATA_DIR: directory, PORT: String(port), JWT_SECRET: secret, MAIL_PER_MINUTE: '60000' },
    ...{ PAYMENTS_SANDBOX_URL: sandbox.url, PAYMENTS_SANDBOX_API_KEY: apiKey },
    PAYMENTS_SANDBOX_SECRET: webhookSecret,
  };
  const gateway = openRemoteSandboxGateway({
    url: sandbox.url,
    apiKey,
    webhookSecrets: [webhookSecret],
  });
  let shop: BoxofficeProcess = await startProcess(environment);
  try {
    const { url } = shop;
    const organizer = await mint(secret, 'organizer', ['organizer', 'operator']);
    const plain = await putOnSale(url, organizer, checkouts, 600);
    const late = await putOnSale(
      url,
      organizer,
      Math.ceil(checkouts / 20),
      settings.lateHoldSeconds,
    );
    let done = 0;
    const rivals: Promise<Buyer>[] = [];
    const killing = (async () => {
      for (let kill = 1; kill <= kills; kill++) {
        // Not before one of those whose money comes late has been charged.
        while (done < (checkouts * kill) / (kills + 1) || rivals.length === 0) await pause(20);
        await shop.kill();
        onProgress('kills', kill);
        shop = await startProcess(environment);
      }
    })();
    const began = performance.now();
    const first = await inParallel(buyersAtOnce, checkouts, async (at) => {
      const card = cardOf(at);
      const [sale, seat] = card === 'tok_late' ? [late, Math.floor(at / 20)] : [plain, at];
      const seatId = sale.seatIds[seat]!;
      const buyer = await checkOut({ secret, customer: `buyer-${at}`, sale, seatId, card });
      const rival = { secret, customer: `rival-${at}`, sale, seatId, card: 'tok_success' };
      if (losesItsSeat(at))
        rivals.push(checkOut({ ...rival, until: Date.now() + RIVAL_MS[settings.lateCaptures] }));
      onProgress('checkouts', ++done);
      return buyer;
    });
    const buyers = [...first, ...(await Promise.all(rivals))];
    await killing;
    if (isGated) clock.leap(LEAP_MS);
    const seconds = (performance.now() - began) / 1_000;
    const deadline = Date.now() + restMs;
    const entries = await atRest(url, organizer, gateway, buyers, deadline);
    const endings = await inParallel(32, buyers.length, (at) => endingOf(buyers[at]!, gateway));
    const withTickets = endings.filter(({ tickets }) => tickets > 0).length;
    const told = (mails: number) => onProgress('mails', mails);
    const mails = await mailsAtRest(join(directory, 'outbox'), withTickets, deadline, told);
    return {
      seconds,
      restSeconds: (performance.now() - began) / 1_000 - seconds,
      endings,
      rivals: endings.slice(checkouts).filter(({ tickets }) => tickets > 0).length,
      captures: entries.filter(({ kind }) => kind === 'capture').length,
      refunds: entries.filter(({ kind }) => kind === 'refund').length,
      mails,
      ledger: JSON.parse(
        (await commandLine(['ledger', 'check', '--json'], environment)).out,
      ) as LedgerReport,
    };
  } finally {
    await shop.stop();
    await gateway.close();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Everything about it that is not as it has to be; empty when all is well. */
export function faultsOf({ endings, captures, refunds, mails, ledger }: CheckoutsProof): string[] {
  const count = (isSo: (ending: Ending) => boolean) => endings.filter(isSo).length;
  const withTickets = count(({ tickets }) => tickets > 0);
  const refunded = count((ending) => ending.refunded);
  const [total] = ledger.totals;
  const wanted: [what: string, found: number, wanted: number][] = [
    [
      'captured buyers with neither tickets nor a refund',
      count(({ captured, tickets, refunded }) => captured && tickets === 0 && !refunded),
      0,
    ],
    [
      'buyers with both tickets and a refund',
      count(({ tickets, refunded }) => tickets > 0 && refunded),
      0,
    ],
    [
      'buyers with tickets or a refund who were not captured',
      count(({ captured, tickets, refunded }) => !captured && (tickets > 0 || refunded)),
      0,
    ],
    ['buyers with more than one ticket for a seat', count(({ tickets }) => tickets > 1), 0],
    ['captures of the provider', captures, withTickets + refunded],
    ['refunds of the provider', refunds, refunded],
    ['mails', mails, withTickets],
    ['captured in the books, in cents', total?.capturedMinor ?? 0, captures * PRICE],
    ['kept in the books, in cents', total?.keptMinor ?? 0, withTickets * PRICE],
    ['refunded in the books, in cents', total?.refundedMinor ?? 0, refunded * PRICE],
    ['owed in the books, in cents', total?.obligationsMinor ?? 0, 0],
    ['unsettled in the books, in cents', total?.unsettledMinor ?? 0, 0],
    ['differences from the provider’s list', ledger.differences.count, 0],
    ['faults in the books', ledger.faults.count, 0],
    ['books out of balance', ledger.balanced ? 0 : 1, 0],
  ];
  return wanted
    .filter(([, found, want]) => found !== want)
    .map(([what, found, want]) => `${what}: ${found} instead of ${want}`);
}

const hex = () => randomBytes(32).toString('hex');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function putOnSale(
  url: string,
  token: string,
  seats: number,
  holdSeconds: number,
): Promise<Sale> {
  const seatingPlan = smallPlan(Math.ceil(seats / 50), 50);
  const venue = await ask(`${url}/v1/venues`, 'POST', { token, body: { ...VENUE, seatingPlan } });
  const body = { ...EVENT, venueId: venue.body.venueId, holdSeconds };
  const event = await ask(`${url}/v1/events`, 'POST', { token, body });
  const path = `${url}/v1/events/${event.body.eventId}`;
  const map = await ask(`${path}/seating-map?atLeast=0`, 'GET');
  return { url: path, seatIds: map.body.seats.map(({ seatId }: { seatId: string }) => seatId) };
}

/** The sandbox finds a charge by its key and looks at nothing else. */
const inquiryOf = (reservationId: string): ChargeRequest => ({
  idempotencyKey: derivedId('charge', reservationId, 1),
  ...{
    token: 'any',
    amount: { amountMinor: PRICE, currency: 'EUR' },
    holdExpiresAt: '',
    requestedAt: '',
  },
  about: { eventId: '', reservationId, attempt: 1 },
});

async function endingOf(
  { sale, token, card, reservationId }: Buyer,
  gateway: PaymentGateway,
): Promise<Ending> {
  if (reservationId === undefined) return { card, captured: false, tickets: 0, refunded: false };
  const { body } = await ask(`${sale.url}/reservations/${reservationId}`, 'GET', { token });
  const charge = await gateway.find(inquiryOf(reservationId));
  return {
    card,
    captured: charge?.status === 'captured',
    tickets: body.tickets?.length ?? 0,
    refunded: body.payment?.status === 'refunded',
  };
}

/**
 * Waits until no charge is under way, nothing is open in the books, and they know all that the
 * provider has taken.
 */
async function atRest(
  url: string,
  token: string,
  gateway: PaymentGateway,
  buyers: readonly Buyer[],
  deadline: number,
): Promise<ProviderEntry[]> {
  const requests = buyers.flatMap(({ reservationId, card }) =>
    reservationId === undefined || card === 'tok_success' ? [] : [inquiryOf(reservationId)],
  );
  for (const request of requests) {
    while ((await gateway.find(request))?.status === 'pending' && Date.now() < deadline)
      await pause(200);
  }
  for (;;) {
    const entries = await collect(gateway.entries());
    const { body } = await untilAnswered(() => ask(`${url}/v1/ops/ledger`, 'GET', { token }));
    const [total] = body.totals;
    const taken = entries.filter(({ kind }) => kind === 'capture').length;
    const isAtRest =
      total?.unsettledMinor === 0 &&
      total.obligationsMinor === 0 &&
      total.capturedMinor === taken * PRICE;
    if (isAtRest || Date.now() > deadline) return entries;
    await pause(200);
  }
}

/** One file a mail. */
async function mailsAtRest(
  outbox: string,
  expected: number,
  deadline: number,
  onProgress: (mails: number) => void,
): Promise<number> {
  for (;;) {
    const mails = (await readdir(outbox).catch(() => [])).filter((name) =>
      name.endsWith('.eml'),
    ).length;
    onProgress(mails);
    if (mails >= expected || Date.now() > deadline) return mails;
    await pause(200);
  }
}
