import { PAYMENT, type PaymentEvent, type RefundReason } from '../domain/payment/events.js';
import type { RecordedEvent } from '../ports/event-store/event-store.js';
import { ledger, type Account, type Posting } from '../read-models/payment/ledger.js';
import { unknownType, type Projection } from './projection.js';

/** The books, in double entry: one posting for each domain event that moves money. */
export const ledgerProjection: Projection<Posting> = {
  readModel: ledger,
  prefixes: [PAYMENT],
  project: (recorded) => {
    const posting = post(recorded);
    return posting && [posting];
  },
};

/** Where the money was that has to go back: seats had been sold for it, or not. */
const OWED_OUT_OF: Readonly<Record<RefundReason, Account>> = {
  'seats-lost': 'unsettled',
  released: 'unsettled',
  'paid-twice': 'unsettled',
  'exchange-refused': 'unsettled',
  'sale-cancelled': 'unsettled',
  'refunded-by-organizer': 'sales',
  'event-cancelled': 'sales',
  exchange: 'sales',
};

function post(recorded: RecordedEvent): Posting | undefined {
  const event = { type: recorded.type, data: recorded.data } as PaymentEvent;
  switch (event.type) {
    case 'PaymentRequested':
    case 'PaymentFailed':
    case 'RefundPending':
      return undefined;
    case 'PaymentCaptured':
      return {
        ...of(event, recorded),
        debit: 'provider',
        credit: 'unsettled',
        at: event.data.capturedAt,
      };
    case 'PaymentKept':
      return { ...of(event, recorded), debit: 'unsettled', credit: 'sales', at: event.data.keptAt };
    case 'RefundDue':
      return {
        ...of(event, recorded),
        debit: owedOutOf(event.data.reason),
        credit: 'refunds-due',
        at: event.data.dueAt,
      };
    case 'RefundCompleted': {
      const { refundReference, refundedAt: at } = event.data;
      return {
        ...of(event, recorded),
        debit: 'refunds-due',
        credit: 'provider',
        refundReference,
        at,
      };
    }
    case 'RefundFailed': {
      const { before, refundReference, failedAt: at } = event.data;
      if (before !== 'completed') return undefined;
      const sides = { debit: 'refunds-due', credit: 'provider', reversal: true } as const;
      return { ...of(event, recorded), ...sides, refundReference, at };
    }
    default:
      throw unknownType(event);
  }
}

type MovesMoney = Exclude<
  PaymentEvent,
  { type: 'PaymentRequested' | 'PaymentFailed' | 'RefundPending' }
>;

function of({ data }: MovesMoney, { revision }: RecordedEvent) {
  const { eventId, reservationId, reference, amount } = data;
  return {
    ...{ eventId, reservationId, reference, amount },
    revision: Number(revision),
    refundReference: null,
  };
}

/** @throws for a reason of newer code: it cannot be told here which account the money leaves */
function owedOutOf(reason: RefundReason): Account {
  if (!Object.hasOwn(OWED_OUT_OF, reason))
    throw new Error(`Unknown reason ${reason} of a refund: run the newer version.`);
  return OWED_OUT_OF[reason];
}
