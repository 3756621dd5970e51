import { LRUCache } from 'lru-cache';
import { atMost } from '../../ports/shared/at-most.js';
import type { PaymentCommand, PaymentRejection } from '../../domain/payment/commands.js';
import { paymentDecider } from '../../domain/payment/decide.js';
import { paymentStream, type PaymentEvent } from '../../domain/payment/events.js';
import type { Payment } from '../../domain/payment/state.js';
import type { Clock } from '../../ports/system/clock.js';
import { WrongExpectedRevision, type EventStore } from '../../ports/event-store/event-store.js';
import { isSameId, isTrusted } from '../../ports/event-store/log-identity.js';
import type { Randomness } from '../../ports/system/randomness.js';
import { appendOnce, NO_STREAM } from '../shared/append-once.js';
import { derivedId, toNewEvents, type CommandContext } from '../shared/context.js';

/** Folded payments in memory. Others are read from the log again. */
const MAX_REMEMBERED = 20_000;
/**
 * Times that a decision is repeated because another writer (a webhook, another node) appended
 * first.
 */
const MAX_CONFLICTS = 20;
/** Longest random pause before a repetition. Milliseconds. */
const CONFLICT_PAUSE_MS = 20;

export type PaymentOutcome =
  | {
      readonly accepted: true;
      readonly payment: Payment;
      /** False when everything was recorded before. */
      readonly written: boolean;
    }
  | { readonly accepted: false; readonly rejection: PaymentRejection };

/** The streams `payment-{reservationId}`: short, rarely written, and written by any process. */
export interface Payments {
  /** Returns the payment as it stands in the log now. */
  load(reservationId: string): Promise<Payment>;
  /**
   * Decides the commands one after the other, each on the state after the ones before it, and
   * appends all domain events or none. @throws EventStoreUnavailable, OutcomeUnknown,
   * PaymentContended
   */
  write(
    reservationId: string,
    commands: readonly PaymentCommand[],
    context: CommandContext,
  ): Promise<PaymentOutcome>;
}

export class PaymentContended extends Error {
  override name = 'PaymentContended';
}

interface CachedPayment {
  readonly payment: Payment;
  readonly revision: bigint;
  /** Id of the domain event at that revision; empty for none. */
  readonly lastEventId: string;
  /** When the stream was last seen to end there; milliseconds since the epoch. */
  readonly readAt: number;
}

const EMPTY: CachedPayment = {
  payment: paymentDecider.initial(),
  revision: NO_STREAM,
  lastEventId: '',
  readAt: -Infinity,
};

export const openPayments = (
  eventStore: EventStore,
  clock: Clock,
  randomness: Randomness,
): Payments => new CachedPayments(eventStore, clock, randomness);

class CachedPayments implements Payments {
  private readonly cache = new LRUCache<string, CachedPayment>(atMost(MAX_REMEMBERED));

  constructor(
    private readonly eventStore: EventStore,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {}

  async load(reservationId: string): Promise<Payment> {
    return (await this.catchUp(reservationId)).payment;
  }

  async write(
    reservationId: string,
    commands: readonly PaymentCommand[],
    context: CommandContext,
  ): Promise<PaymentOutcome> {
    let known = await this.stateToDecideOn(reservationId, commands);
    for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts++) {
      const decided = decideAll(commands, known.payment);
      if (!decided.accepted) {
        // Another node may have changed the state that the rejection rests on.
        const newer = await this.catchUp(reservationId);
        if (newer.revision === known.revision && newer.lastEventId === known.lastEventId)
          return decided;
        known = newer;
        continue;
      }
      const { payment, events } = decided;
      if (events.length === 0) return { accepted: true, payment: known.payment, written: false };
      // Ids differ from revision to revision: the store treats the same ids as the same append.
      const commandId = derivedId(
        context.commandId,
        reservationId,
        String(known.revision),
        commands[0]!.type,
      );
      try {
        await this.append(reservationId, known.revision, decided, { ...context, commandId });
        return { accepted: true, payment, written: true };
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
        if (conflicts > 0) await this.clock.sleep(this.randomness.fraction() * CONFLICT_PAUSE_MS);
        known = await this.catchUp(reservationId);
      }
    }
    throw new PaymentContended(
      `Other writers changed the payment of ${reservationId} ${MAX_CONFLICTS} times in a row.`,
    );
  }

  /** Uses the cache only if it was just read or written. */
  private async stateToDecideOn(
    reservationId: string,
    commands: readonly PaymentCommand[],
  ): Promise<CachedPayment> {
    const known = this.cache.get(reservationId);
    if (known && isTrusted(known.readAt, this.clock.now())) return known;
    // The first command is usually the request; the append checks that the stream does not exist
    // yet.
    if (!known && commands[0]?.type === 'RequestPayment') return EMPTY;
    return this.catchUp(reservationId);
  }

  private async append(
    reservationId: string,
    revision: bigint,
    { events, payment }: { readonly events: readonly PaymentEvent[]; readonly payment: Payment },
    context: CommandContext,
  ): Promise<void> {
    const stored = toNewEvents(events, context);
    const { eventStore, clock } = this;
    await appendOnce(eventStore, clock, paymentStream(reservationId), revision, stored);
    this.remember(reservationId, {
      payment,
      revision: revision + BigInt(events.length),
      lastEventId: stored.at(-1)!.id,
      readAt: clock.now(),
    });
  }

  private remember(reservationId: string, state: CachedPayment): CachedPayment {
    const before = this.cache.get(reservationId);
    if (before && before.revision > state.revision) return before;
    this.cache.set(reservationId, state);
    return state;
  }

  /**
   * Adds later domain events to the cached state. Reads the whole stream again if it was replaced
   * by a shorter one.
   */
  private async catchUp(reservationId: string): Promise<CachedPayment> {
    const newer = await this.readFrom(reservationId, this.cache.get(reservationId) ?? EMPTY);
    if (newer) return newer === EMPTY ? EMPTY : this.remember(reservationId, newer);
    this.cache.delete(reservationId);
    return (await this.readFrom(reservationId, EMPTY)) ?? EMPTY;
  }

  /** Returns undefined if the stream does not hold the last known domain event. */
  private async readFrom(
    reservationId: string,
    known: CachedPayment,
  ): Promise<CachedPayment | undefined> {
    const readAt = this.clock.now();
    let { payment, revision, lastEventId } = known;
    let isFound = known === EMPTY;
    for await (const event of this.eventStore.readStream(paymentStream(reservationId), {
      from: isFound ? 0n : revision,
    })) {
      if (!isFound) {
        if (event.revision !== revision || !isSameId(event.id, lastEventId)) return undefined;
        isFound = true;
        continue;
      }
      payment = paymentDecider.evolve(payment, event as unknown as PaymentEvent);
      ({ revision, id: lastEventId } = event);
    }
    if (!isFound) return undefined;
    return revision === NO_STREAM ? EMPTY : { payment, revision, lastEventId, readAt };
  }
}

type DecidedAll =
  | {
      readonly accepted: true;
      readonly events: readonly PaymentEvent[];
      readonly payment: Payment;
    }
  | { readonly accepted: false; readonly rejection: PaymentRejection };

function decideAll(commands: readonly PaymentCommand[], before: Payment): DecidedAll {
  let payment = before;
  const events: PaymentEvent[] = [];
  for (const command of commands) {
    const decision = paymentDecider.decide(command, payment);
    if (!decision.accepted) return decision;
    for (const event of decision.events) payment = paymentDecider.evolve(payment, event);
    events.push(...decision.events);
  }
  return { accepted: true, events, payment };
}
