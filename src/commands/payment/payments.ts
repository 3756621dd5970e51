import { LRUCache } from 'lru-cache';
import {
  decidePayment,
  type PaymentCommand,
  type PaymentRejection,
} from '../../domain/payment/decide.js';
import { paymentStream, type PaymentEvent } from '../../domain/payment/events.js';
import { evolvePayment, type Payment } from '../../domain/payment/state.js';
import type { Clock } from '../../ports/system/clock.js';
import { WrongExpectedRevision, type EventStore } from '../../ports/event-store/event-store.js';
import { isSameId, isTrusted } from '../../ports/event-store/log-identity.js';
import type { Randomness } from '../../ports/system/randomness.js';
import { appendOnce, NO_STREAM } from '../shared/append-once.js';
import { derivedId, toNewEvents, type CommandContext } from '../shared/context.js';

/** Payments kept folded in memory. What was forgotten is read again. */
const MAX_REMEMBERED = 20_000;
/** Times that a decision is taken anew because somebody else (a webhook, another node) wrote first. */
const MAX_CONFLICTS = 20;
/** Longest random pause before that. Milliseconds. */
const CONFLICT_PAUSE_MS = 20;

export type PaymentOutcome =
  | {
      readonly accepted: true;
      readonly payment: Payment;
      /** False when all was known already. */ readonly written: boolean;
    }
  | { readonly accepted: false; readonly rejection: PaymentRejection };

/** The streams `payment-{reservationId}`: short, cold, and each written by whoever hears of its money first. */
export interface Payments {
  /** As the log has it now. */
  load(reservationId: string): Promise<Payment>;
  /**
   * Decides the commands one after the other, each upon what the ones before it lead to, and appends all in one go: all
   * or nothing. @throws EventStoreUnavailable, OutcomeUnknown, PaymentContended
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

interface Known {
  readonly payment: Payment;
  readonly revision: bigint;
  /** Id of the domain event at that revision; empty for none. */
  readonly lastEventId: string;
  /** When the stream was last seen to end there; milliseconds since the epoch. */
  readonly readAt: number;
}

const NOTHING: Known = {
  payment: undefined,
  revision: NO_STREAM,
  lastEventId: '',
  readAt: -Infinity,
};

export function openPayments(
  eventStore: EventStore,
  clock: Clock,
  randomness: Randomness,
): Payments {
  const remembered = new LRUCache<string, Known>({ max: MAX_REMEMBERED });

  const remember = (reservationId: string, known: Known): Known => {
    const before = remembered.get(reservationId);
    if (before && before.revision > known.revision) return before;
    remembered.set(reservationId, known);
    return known;
  };

  /** The cached state plus later domain events; the whole stream is read again if it has gone back. */
  const catchUp = async (reservationId: string): Promise<Known> => {
    const known = remembered.get(reservationId) ?? NOTHING;
    const newer = await readOn(reservationId, known);
    if (newer) return newer === NOTHING ? NOTHING : remember(reservationId, newer);
    remembered.delete(reservationId);
    return (await readOn(reservationId, NOTHING)) ?? NOTHING;
  };

  /** Undefined when the stream does not have the last known domain event. */
  const readOn = async (reservationId: string, known: Known): Promise<Known | undefined> => {
    const readAt = clock.now();
    let { payment, revision, lastEventId } = known;
    let isThere = known === NOTHING;
    for await (const event of eventStore.readStream(paymentStream(reservationId), {
      from: isThere ? 0n : revision,
    })) {
      if (!isThere) {
        if (event.revision !== revision || !isSameId(event.id, lastEventId)) return undefined;
        isThere = true;
        continue;
      }
      payment = evolvePayment(payment, event as unknown as PaymentEvent);
      ({ revision, id: lastEventId } = event);
    }
    if (!isThere) return undefined;
    return revision === NO_STREAM ? NOTHING : { payment, revision, lastEventId, readAt };
  };

  /** Only a state that was just read or written is used without reading the log. */
  const fresh = (reservationId: string): Known | undefined => {
    const known = remembered.get(reservationId);
    return known && isTrusted(known.readAt, clock.now()) ? known : undefined;
  };

  const write: Payments['write'] = async (reservationId, commands, context) => {
    // The first news of a payment is most often its request: that there is none yet is checked by the append anyway.
    const isFirst = commands[0]?.type === 'RequestPayment';
    const isKnown = remembered.has(reservationId);
    let known =
      fresh(reservationId) ?? (isFirst && !isKnown ? NOTHING : await catchUp(reservationId));
    for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts++) {
      const decided = decideAll(commands, known.payment);
      if (!decided.accepted) {
        // It may rest on what another node has changed since.
        const newer = await catchUp(reservationId);
        if (newer.revision === known.revision && newer.lastEventId === known.lastEventId)
          return decided;
        known = newer;
        continue;
      }
      const { events } = decided;
      if (events.length === 0) return { accepted: true, payment: known.payment, written: false };
      // Ids differ from revision to revision: the store would take the same ids for the same append.
      const commandId = derivedId(
        context.commandId,
        reservationId,
        String(known.revision),
        commands[0]!.type,
      );
      const stored = toNewEvents(events, { ...context, commandId });
      try {
        await appendOnce(eventStore, clock, paymentStream(reservationId), known.revision, stored);
        const revision = known.revision + BigInt(events.length);
        const lastEventId = stored.at(-1)!.id;
        remember(reservationId, {
          payment: decided.payment,
          revision,
          lastEventId,
          readAt: clock.now(),
        });
        return { accepted: true, payment: decided.payment, written: true };
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
        if (conflicts > 0) await clock.sleep(randomness.fraction() * CONFLICT_PAUSE_MS);
        known = await catchUp(reservationId);
      }
    }
    throw new PaymentContended(
      `Others wrote to the payment of ${reservationId} ${MAX_CONFLICTS} times in a row.`,
    );
  };

  return { load: async (reservationId) => (await catchUp(reservationId)).payment, write };
}

type DecidedAll =
  | { accepted: true; events: PaymentEvent[]; payment: Payment }
  | { accepted: false; rejection: PaymentRejection };

function decideAll(commands: readonly PaymentCommand[], before: Payment): DecidedAll {
  let payment = before;
  const events: PaymentEvent[] = [];
  for (const command of commands) {
    const decision = decidePayment(command, payment);
    if (!decision.accepted) return decision;
    for (const event of decision.events) payment = evolvePayment(payment, event);
    events.push(...decision.events);
  }
  return { accepted: true, events, payment };
}
