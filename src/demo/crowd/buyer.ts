import { setTimeout as pause } from 'node:timers/promises';
import type { BuyerHeaders, Shop } from './shop.js';

/** Counts of the crowd's actions. */
export interface Tally {
  bought: number;
  refused: number;
  declined: number;
  released: number;
  abandoned: number;
  /** Paid after the hold had ended: the money went back, or was never taken. */
  late: number;
  /** Unexpected answers. */
  errors: Map<string, number>;
}

export interface CrowdRules {
  readonly eventPath: string;
  /** Seats of the house, in plan order: the front rows come first, and everybody wants them. */
  readonly seatIds: readonly string[];
  /** From 0 up to 1; seeded, so that a run can be repeated. */
  readonly chance: () => number;
  readonly deadline: number;
}

const SHARES = { picksByName: 0.3, abandons: 0.1, releases: 0.05, declinedFirst: 0.05 };
/** A buyer looks at the seats before paying. Milliseconds. */
const THINK_MS = { least: 20, most: 400 };
const RETRY_MS = 250;
const MOST_WANTED_SEATS = 600;
/** Problems of a payment whose hold has ended, which happens on a slow machine. */
const TOO_LATE = new Set<string | undefined>(['reservation-expired', 'payment-refunded']);

/**
 * Simulates one buyer: wants one to four seats, holds available ones, pays or abandons the hold,
 * and stops when the event is sold out.
 */
export async function buy(
  shop: Shop,
  name: string,
  rules: CrowdRules,
  tally: Tally,
): Promise<void> {
  const { chance } = rules;
  const { body } = await shop.call('POST', '/v1/dev/tokens', undefined, {
    sub: name,
    roles: ['customer'],
  });
  const token = body.token!;
  let wanted = 1 + Math.floor(chance() * 4);
  for (let attempt = 1; Date.now() < rules.deadline; attempt++) {
    const buyer = { token, idempotencyKey: `${name}-${attempt}` };
    const answer = await shop.call(
      'POST',
      `${rules.eventPath}/reservations`,
      buyer,
      selection(rules, wanted),
    );
    if (answer.status === 201)
      return settle(
        shop,
        buyer,
        `${rules.eventPath}/reservations/${answer.body.reservationId}`,
        rules,
        tally,
      );
    if (answer.status === 409) tally.refused++;
    else if (answer.status !== 503)
      noteError(tally, `reserve ${answer.status} ${answer.body.code}`);
    if (await soldOut(shop, rules)) return;
    wanted = Math.max(1, wanted - 1);
    await pause(RETRY_MS * (0.5 + chance()));
  }
}

function selection({ chance, seatIds }: CrowdRules, quantity: number): object {
  if (chance() >= SHARES.picksByName) return { bestAvailable: { quantity } };
  const first = Math.floor(chance() * Math.min(MOST_WANTED_SEATS, seatIds.length - quantity));
  return { seatIds: seatIds.slice(first, first + quantity) };
}

async function settle(
  shop: Shop,
  buyer: BuyerHeaders,
  path: string,
  rules: CrowdRules,
  tally: Tally,
): Promise<void> {
  const { chance } = rules;
  await pause(THINK_MS.least + chance() * (THINK_MS.most - THINK_MS.least));
  const decision = chance();
  if (decision < SHARES.abandons) {
    tally.abandoned++;
    return;
  }
  if (decision < SHARES.abandons + SHARES.releases) {
    const { status, body } = await shop.call('DELETE', path, buyer);
    if (status === 204) tally.released++;
    else noteError(tally, `release ${status} ${body.code}`);
    return;
  }
  if (chance() < SHARES.declinedFirst) {
    const { status, body } = await shop.call('POST', `${path}/confirm`, buyer, {
      payment: { token: 'tok_declined' },
    });
    if (status === 402) tally.declined++;
    else if (TOO_LATE.has(body.code)) {
      tally.late++;
      return;
    } else noteError(tally, `declined confirm ${status} ${body.code}`);
  }
  const { status, body } = await shop.call('POST', `${path}/confirm`, buyer, {
    payment: { token: 'tok_success' },
  });
  if (status === 200) tally.bought++;
  else if (TOO_LATE.has(body.code)) tally.late++;
  else noteError(tally, `confirm ${status} ${body.code}`);
}

async function soldOut(shop: Shop, rules: CrowdRules): Promise<boolean> {
  const { body } = await shop.call('GET', `${rules.eventPath}/seat-status`);
  return body.counts?.available === 0 && body.counts.reserved === 0;
}

function noteError(tally: Tally, what: string): void {
  tally.errors.set(what, (tally.errors.get(what) ?? 0) + 1);
}
