import type { CheckInEvent } from '../domain/ticket/events.js';
import type { EventEvent } from '../domain/event/events.js';
import { moneyInWords } from '../domain/shared/in-words.js';
import type { Money } from '../domain/shared/money.js';
import type { PaymentEvent, RefundReason } from '../domain/payment/events.js';
import type {
  SeatInventoryEvent,
  TurnedDownReason,
  UndoneReason,
} from '../domain/seat-inventory/events.js';
import type { ProjectionEvent } from '../domain/projection/events.js';
import type { VenueEvent } from '../domain/venue/events.js';
import type { RoomPhase, WaitingRoomEvent } from '../domain/waiting-room/events.js';

type DescribedEvent =
  | SeatInventoryEvent
  | PaymentEvent
  | CheckInEvent
  | EventEvent
  | VenueEvent
  | ProjectionEvent
  | WaitingRoomEvent;
/** Stored events that belong to no aggregate. */
interface OtherEvents {
  SeatingPlanChunkStored: { hash: string; index: number; of: number };
  SamplesLoaded: { total: number };
}
type Sentences = {
  [Type in DescribedEvent['type']]: (
    data: Extract<DescribedEvent, { type: Type }>['data'],
  ) => string;
} & {
  [Type in keyof OtherEvents]: (data: OtherEvents[Type]) => string;
};

/**
 * One sentence per domain event, for readers who do not know the event types. A type without a
 * sentence does not compile.
 */
export const SENTENCES: Sentences = {
  InventoryOpened: ({ seatCount, onSaleAt }) =>
    `The sale of ${seats(seatCount)} was set up` +
    `${onSaleAt === null ? '' : `, to begin at ${onSaleAt}`}.`,
  SeatsReserved: ({ customerId, seatIds, total, expiresAt, reservationId }) =>
    `Customer ${customerId} reserved ${named(seatIds)} for ${money(total)} until ${expiresAt}, ` +
    `as reservation ${reservationId}.`,
  PaymentStarted: ({ reservationId, expiresAt }) =>
    `Payment for reservation ${reservationId} began; its seats stay held until ${expiresAt}.`,
  ReservationConfirmed: ({ reservationId, seatIds, paymentReference }) =>
    `${named(seatIds)} of reservation ${reservationId} ${were(seatIds)} sold ` +
    `for payment ${paymentReference}.`,
  ReservationExpired: ({ reservationId, seatIds }) =>
    `Reservation ${reservationId} expired without payment; ` +
    `${named(seatIds)} became available again.`,
  ReservationReleased: ({ reservationId, seatIds }) =>
    `The customer released reservation ${reservationId}; ${named(seatIds)} became available again.`,
  ReservationReinstated: ({ reservationId, seatIds }) =>
    `The payment of reservation ${reservationId} came late, ` +
    `but ${named(seatIds)} ${were(seatIds)} still available and ${were(seatIds)} held again.`,
  ReservationRefunded: ({ reservationId, seatIds, reason }) =>
    `The sale of ${named(seatIds)} in reservation ${reservationId} was undone, ${UNDONE[reason]}.`,
  SeatsExchanged: ({ reservationId, fromSeatIds, seatIds, fromTotal, total }) =>
    `In reservation ${reservationId}, ${named(fromSeatIds)} (${money(fromTotal)}) ` +
    `${were(fromSeatIds)} exchanged for ${named(seatIds)} (${money(total)}).`,
  PaymentTurnedDown: ({ reservationId, paymentReference, reason }) =>
    `Payment ${paymentReference} for reservation ${reservationId} could not buy the seats, ` +
    `${TURNED_DOWN[reason]}, and has to be refunded.`,
  SeatsBlocked: ({ seatIds, reason }) =>
    `${named(seatIds)} ${were(seatIds)} taken off sale${because(reason)}.`,
  SeatsUnblocked: ({ seatIds }) => `${named(seatIds)} ${were(seatIds)} put on sale again.`,
  OnSaleMoved: ({ onSaleAt }) =>
    onSaleAt === null
      ? 'The sale was opened at once.'
      : `The opening of the sale was moved to ${onSaleAt}.`,
  SalesEndMoved: ({ salesEndAt }) => `The end of sales was moved to ${salesEndAt}.`,
  EventSalesEndChanged: ({ salesEndMinutesAfterStart }) =>
    `The end of sales was set to ${salesEndMinutesAfterStart} minutes ` +
    `after the start of the event.`,
  SalesClosed: ({ reason }) => `The sale was closed${because(reason)}.`,
  SaleCancelled: ({ reason, sales }) =>
    `The event was canceled${because(reason)}; ` +
    `${sales} ${sales === 1 ? 'sale was' : 'sales were'} to be refunded.`,
  PaymentRequested: ({ reservationId, amount, attempt, provider, purpose }) =>
    `A payment of ${money(amount)} for ${purpose.type === 'exchange' ? 'an exchange in ' : ''}` +
    `reservation ${reservationId} was requested from ${provider} (attempt ${attempt}).`,
  PaymentCaptured: ({ reservationId, amount, reference, heardBy }) =>
    `${money(amount)} for reservation ${reservationId} was captured as payment ${reference}, ` +
    `${HEARD[heardBy]}.`,
  PaymentFailed: ({ reservationId, attempt, reason }) =>
    `Payment attempt ${attempt} for reservation ${reservationId} failed: ${FAILED[reason]}.`,
  PaymentKept: ({ reservationId, amount, reference }) =>
    `Payment ${reference} of ${money(amount)} for reservation ${reservationId} bought the seats.`,
  RefundDue: ({ reservationId, amount, reference, reason }) =>
    `A refund of ${money(amount)} of payment ${reference} for reservation ${reservationId} ` +
    `became due, ${REFUND[reason]}.`,
  RefundCompleted: ({ reservationId, amount, refundReference }) =>
    `${money(amount)} for reservation ${reservationId} was refunded as refund ${refundReference}.`,
  SaleChangeWithdrawn: ({ reservationId, changeId }) =>
    `Refund or exchange ${changeId} of reservation ${reservationId} can no longer take effect.`,
  TicketVoided: ({ ticketId, seatId, reason, wasRedeemed }) =>
    `Ticket ${ticketId} for seat ${seatId} was voided to be ${reason}` +
    `${wasRedeemed ? ', although it had been checked in' : ''}.`,
  TicketReinstated: ({ ticketId, seatId }) =>
    `Ticket ${ticketId} for seat ${seatId} is valid again.`,
  RefundPending: ({ reservationId, amount, refundReference }) =>
    `The provider accepted refund ${refundReference} of ${money(amount)} ` +
    `for reservation ${reservationId}; the bank has not confirmed it.`,
  RefundFailed: ({ reservationId, amount, try: number, refundReference, reason }) =>
    `Attempt ${number} to refund ${money(amount)} for reservation ${reservationId} failed ` +
    `as refund ${refundReference}: ${reason}. It is due again.`,
  TicketRedeemed: ({ ticketId, seatId }) => `Ticket ${ticketId} for seat ${seatId} was checked in.`,
  EventScheduled: ({ name, startsAt, seatCount }) =>
    `The event "${name}" at ${startsAt} with ${seats(seatCount)} was scheduled.`,
  EventRenamed: ({ name }) => `The event was renamed "${name}".`,
  EventDescribed: ({ category, performers }) =>
    `The description of the event changed${category === null ? '' : `, as ${category}`}` +
    `${performers.length === 0 ? '' : `, with ${performers.join(', ')}`}.`,
  EventRescheduled: ({ fromStartsAt, startsAt }) =>
    `The event was moved from ${fromStartsAt} to ${startsAt}.`,
  EventTimeZoneChanged: ({ timeZone }) =>
    `The time zone of the event was set to ${timeZone ?? 'the one of its venue'}.`,
  EventHoldRulesChanged: ({ requireContactToHold, autoWaitingRoom }) =>
    `From then on a hold needed ` +
    `${requireContactToHold ? 'an account with a mail address' : 'no mail address'}, ` +
    `and a waiting room ${autoWaitingRoom ? 'could' : 'did not'} start automatically.`,
  EventCancelled: ({ reason }) => `The event was canceled${because(reason)}.`,
  CancellationFinished: ({ sales }) =>
    `All refunds of the canceled event were completed: ${sales} ${sales === 1 ? 'sale' : 'sales'}.`,
  WaitingRoomConfigured: ({ settings: { admitPerMinute, maxShoppers, opensAt } }) =>
    `A waiting room was set up that opens at ${opensAt} and admits ${admitPerMinute} per minute, ` +
    `at most ${maxShoppers} at once.`,
  WaitingRoomMoved: ({ to }) => `The waiting room was ${ROOM[to]}.`,
  EarlyArrivalsShuffled: ({ early, seed }) =>
    `The ${early} early arrivals were shuffled with seed ${seed}.`,
  NumbersSetAside: ({ upTo, nowServing }) =>
    `Queue numbers up to ${upTo} were set aside; number ${nowServing} had been called.`,
  VenueRegistered: ({ name, city, seatCount }) =>
    `The venue "${name}" in ${city} with ${seats(seatCount)} was registered.`,
  LogAccepted: ({ cause }) => `Another log than before was accepted for all read models. ${cause}.`,
  RebuildStarted: ({ projection, generation }) =>
    `Rebuild number ${generation} of projection ${projection} started.`,
  RebuildCancelled: ({ projection }) => `The rebuild of projection ${projection} was canceled.`,
  DifferenceAccepted: ({ projection }) =>
    `The rebuilt tables of projection ${projection} were accepted although they differ ` +
    `from those in use.`,
  SwitchBackStarted: ({ projection }) =>
    `Queries were switched back to the earlier tables of projection ${projection}.`,
  ParkedEventSkipped: ({ projection, stream, revision, type, reason }) =>
    `Parked event ${type}, revision ${revision} of ${stream}, was skipped ` +
    `in projection ${projection}${because(reason)}; the log keeps it.`,
  ParkedEventRetried: ({ projection, stream, revision, type }) =>
    `Parked event ${type}, revision ${revision} of ${stream}, was applied ` +
    `to projection ${projection} by a retry.`,
  SeatingPlanChunkStored: ({ hash, index, of }) =>
    `Part ${index + 1} of ${of} of seating plan ${hash} was stored.`,
  SamplesLoaded: ({ total }) => `${total} sample venues and events were loaded.`,
};

/**
 * Returns the sentence of an upcasted domain event; for an unknown type, a sentence with its name.
 */
export function sentenceOf(type: string, data: unknown): string {
  const sentence = Object.hasOwn(SENTENCES, type) ? SENTENCES[type as keyof Sentences] : undefined;
  if (!sentence) return `${type} was recorded, which this version of Boxoffice does not know.`;
  const text = (sentence as (data: unknown) => string)(data);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const ROOM: Readonly<Record<Exclude<RoomPhase, 'scheduled'>, string>> = {
  open: 'opened manually',
  paused: 'paused',
  ended: 'ended',
  off: 'switched off',
};
const UNDONE: Readonly<Record<UndoneReason, string>> = {
  'refunded-by-organizer': 'because the organizer refunded it',
  'event-cancelled': 'because the event was canceled',
};
const TURNED_DOWN: Readonly<Record<TurnedDownReason, string>> = {
  'seats-lost': 'because the hold had ended and the seats were no longer available',
  released: 'because the customer had released the seats',
  'paid-twice': 'because the seats were already paid for or refunded',
  'exchange-refused': 'because the exchange was no longer possible',
  'sale-cancelled': 'because the event had been canceled',
};
const REFUND: Readonly<Record<RefundReason, string>> = {
  ...TURNED_DOWN,
  ...UNDONE,
  exchange: 'because the new seats cost less',
};
const HEARD = {
  answer: 'as the provider confirmed at once',
  notice: 'as a webhook of the provider reported',
  inquiry: 'as an inquiry to the provider showed',
};
const FAILED = {
  declined: 'the provider declined the charge',
  'token-unknown': 'the provider did not know the card',
  abandoned: 'the provider had no record of the charge after the hold ended',
};

const money = ({ amountMinor, currency }: Money): string => moneyInWords({ amountMinor, currency });
const because = (reason: string): string => (reason === '' ? '' : ` (${reason})`);
const were = (seatIds: readonly string[]): string => (seatIds.length === 1 ? 'was' : 'were');
const seats = (count: number): string => `${count} ${count === 1 ? 'seat' : 'seats'}`;

/** Most seats named in one sentence: a whole section would fill pages. */
const MAX_NAMED = 20;

function named(seatIds: readonly string[]): string {
  const shown = seatIds.slice(0, MAX_NAMED).join(', ');
  const more = seatIds.length - MAX_NAMED;
  const noun = seatIds.length === 1 ? 'seat' : 'seats';
  return `${noun} ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}
