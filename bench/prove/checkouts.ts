import { setTimeout as pause } from 'node:timers/promises';
import { ask, mint } from '../../test/support/app.js';
import { EVENT, smallPlan, VENUE } from '../../test/support/seat-inventory/event-on-sale.js';
import { endingOf, mailsAtRest, paymentsAtRest } from './at-rest.js';
import { checkOut, inParallel, type Buyer, type Sale } from './buyers.js';
import type { CheckoutsProof } from './checkout-faults.js';
import { openKilledShop } from './killed-shop.js';

/** Cards of five checkouts in twenty; the other fifteen succeed. */
const TROUBLE = ['tok_slow', 'tok_silent', 'tok_twice', 'tok_lost', 'tok_late'];
const cardOf = (at: number) => TROUBLE[at % 20] ?? 'tok_success';
/** Every second late capture loses its seat to a buyer who waits for it. */
export const losesItsSeat = (at: number) => at % 40 === TROUBLE.indexOf('tok_late');
/** Longer than an extended hold and the restart of a killed shop. Milliseconds. */
const RIVAL_MS = { 'at-random': 20_000, 'after-rivals': 60_000 };
export interface CheckoutsSettings {
  /** 20 at least. */
  readonly checkouts: number;
  /** Number of `kill -9` during the checkouts, evenly spread. */
  readonly kills: number;
  readonly buyersAtOnce: number;
  /** Length of holds whose capture comes too late. All others last ten minutes. */
  readonly lateHoldSeconds: number;
  /** Time from charge to capture: slow ones, and those whose webhook is lost. Milliseconds. */
  readonly slowMs: number;
  readonly lostMs: number;
  /**
   * Time of late captures. `at-random`: half a second after the hold, whether or not the seat was
   * sold again. `after-rivals`: when every buyer who waits for such a seat has bought it, so that
   * it is certain who gets a refund.
   */
  readonly lateCaptures: 'at-random' | 'after-rivals';
  /** Longest wait after the last checkout for all outcomes. Milliseconds. */
  readonly restMs: number;
  readonly onProgress?: (what: 'checkouts' | 'kills' | 'mails', done: number) => void;
}

type KilledShop = Awaited<ReturnType<typeof openKilledShop>>;

/**
 * Sells seats to a crowd while the payment provider misbehaves and the shop's process is killed,
 * then counts money, tickets and mails.
 */
export async function proveCheckouts(settings: CheckoutsSettings): Promise<CheckoutsProof> {
  const { checkouts, lateHoldSeconds, restMs, lateCaptures, onProgress = () => {} } = settings;
  const isGated = lateCaptures === 'after-rivals';
  const shop = await openKilledShop({ ...settings, isGated });
  try {
    const { secret, gateway, url, outbox } = shop;
    const organizer = await mint(secret, 'organizer', ['organizer', 'operator']);
    const plain = await putOnSale(url, organizer, checkouts, 600);
    const late = await putOnSale(url, organizer, Math.ceil(checkouts / 20), lateHoldSeconds);
    const began = performance.now();
    const buyers = await sell(settings, shop, { plain, late });
    if (isGated) shop.releaseLateCaptures();
    const seconds = (performance.now() - began) / 1_000;
    const deadline = Date.now() + restMs;
    const entries = await paymentsAtRest(url, organizer, gateway, buyers, deadline);
    const endings = await inParallel(32, buyers.length, (at) => endingOf(buyers[at]!, gateway));
    const withTickets = endings.filter(({ tickets }) => tickets > 0).length;
    const mails = await mailsAtRest(outbox, withTickets, deadline, (count) =>
      onProgress('mails', count),
    );
    return {
      ...{ seconds, restSeconds: (performance.now() - began) / 1_000 - seconds, endings, mails },
      rivals: endings.slice(checkouts).filter(({ tickets }) => tickets > 0).length,
      captures: entries.filter(({ kind }) => kind === 'capture').length,
      refunds: entries.filter(({ kind }) => kind === 'refund').length,
      ledger: await shop.checkLedger(),
    };
  } finally {
    await shop.close();
  }
}

/** Runs all checkouts and kills. @returns the buyers in order, then those who waited for a seat */
async function sell(
  settings: CheckoutsSettings,
  shop: KilledShop,
  { plain, late }: { readonly plain: Sale; readonly late: Sale },
): Promise<Buyer[]> {
  const { checkouts, kills, onProgress = () => {} } = settings;
  const { secret } = shop;
  let done = 0;
  const rivals: Promise<Buyer>[] = [];
  const killing = (async () => {
    for (let kill = 1; kill <= kills; kill++) {
      // Not before a late capture has been charged.
      while (done < (checkouts * kill) / (kills + 1) || rivals.length === 0) await pause(20);
      await shop.killAndRestart(() => onProgress('kills', kill));
    }
  })();
  const first = await inParallel(settings.buyersAtOnce, checkouts, async (at) => {
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
  return buyers;
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
