import { PAYMENT, type PaymentEvent, type RefundReason } from '../domain/payment/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import { ledger, type Account, type Posting } from '../read-models/payment/ledger.js';
import { handle, type Handlers, type Projection } from './projection.js';

/** Double-entry ledger: one posting for each domain event that moves money. */
export const ledgerProjection: Projection<Posting> = {
  readModel: ledger,
  prefixes: [PAYMENT],
  project: (recorded) => {
    const posted = handle(HANDLERS, recorded);
    return posted && [posted];
  },
};

/** Account that a refund is taken from. `sales`: seats had been sold for the money. */
const REFUNDED_FROM: Readonly<Record<RefundReason, Account>> = {
  'seats-lost': 'unsettled',
  released: 'unsettled',
  'paid-twice': 'unsettled',
  'exchange-refused': 'unsettled',
  'sale-cancelled': 'unsettled',
  'refunded-by-organizer': 'sales',
  'event-cancelled': 'sales',
  exchange: 'sales',
};

type MoneyEvent = Exclude<
  PaymentEvent,
  { type: 'PaymentRequested' | 'PaymentFailed' | 'RefundPending' }
>;

/** @param refundReference the provider's id of the refund, once it is completed */
function posting(
  { eventId, reservationId, reference, amount }: MoneyEvent['data'],
  { id: domainEventId, revision }: RecordedEvent,
  [debit, credit]: readonly [Account, Account],
  at: string,
  refundReference: string | null = null,
): Posting {
  const identity = { eventId, reservationId, domainEventId, revision: Number(revision) };
  return { ...identity, debit, credit, amount, reference, refundReference, at };
}

const HANDLERS: Handlers<PaymentEvent, Posting> = {
  PaymentRequested: null,
  PaymentFailed: null,
  RefundPending: null,
  PaymentCaptured: (data, recorded) =>
    posting(data, recorded, ['provider', 'unsettled'], data.capturedAt),
  PaymentKept: (data, recorded) => posting(data, recorded, ['unsettled', 'sales'], data.keptAt),
  RefundDue: (data, recorded) =>
    posting(data, recorded, [refundedFrom(data.reason), 'refunds-due'], data.dueAt),
  RefundCompleted: (data, recorded) => {
    const { refundedAt, refundReference } = data;
    return posting(data, recorded, ['refunds-due', 'provider'], refundedAt, refundReference);
  },
  RefundFailed: (data, recorded) => {
    const { before, failedAt, refundReference } = data;
    if (before !== 'completed') return undefined;
    const posted = posting(data, recorded, ['refunds-due', 'provider'], failedAt, refundReference);
    return { ...posted, reversal: true };
  },
};

/** @throws Error for a reason that only newer code knows: the account is unknown here */
function refundedFrom(reason: RefundReason): Account {
  if (!Object.hasOwn(REFUNDED_FROM, reason))
    throw new Error(`Unknown refund reason ${reason}: run the newer version.`);
  return REFUNDED_FROM[reason];
}
