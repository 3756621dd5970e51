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

/** One sentence per domain event for readers who do not know them. A type without one does not compile. */
export const SENTENCES: Sentences = {
  InventoryOpened: ({ seatCount, onSaleAt }) =>
    `The sale of ${seats(seatCount)} was set up${onSaleAt === null ? '' : `, to begin at ${onSaleAt}`}.`,
  SeatsReserved: ({ customerId, seatIds, total, expiresAt, reservationId }) =>
    `Customer ${customerId} reserved ${named(seatIds)} for ${money(total)} until ${expiresAt}, as reservation ${reservationId}.`,
  PaymentStarted: ({ reservationId, expiresAt }) =>
    `Payment for reservation ${reservationId} began; its seats stay held until ${expiresAt}.`,
  ReservationConfirmed: ({ reservationId, seatIds, paymentReference }) =>
    `${named(seatIds)} of reservation ${reservationId} were sold: payment ${paymentReference} had come.`,
  ReservationExpired: ({ reservationId, seatIds }) =>
    `Reservation ${reservationId} ended without payment, and ${named(seatIds)} could be bought by anybody again.`,
  ReservationReleased: ({ reservationId, seatIds }) =>
    `Reservation ${reservationId} was given back by the customer, and ${named(seatIds)} could be bought by anybody again.`,
  ReservationReinstated: ({ reservationId, seatIds }) =>
    `The payment of reservation ${reservationId} came late, but ${named(seatIds)} were still free and were held again.`,
  ReservationRefunded: ({ reservationId, seatIds, reason }) =>
    `The sale of ${named(seatIds)} in reservation ${reservationId} was undone, ${UNDONE[reason]}.`,
  SeatsExchanged: ({ reservationId, fromSeatIds, seatIds, fromTotal, total }) =>
    `In reservation ${reservationId}, ${named(fromSeatIds)} (${money(fromTotal)}) were exchanged for ${named(seatIds)} (${money(total)}).`,
  PaymentTurnedDown: ({ reservationId, paymentReference, reason }) =>
    `Payment ${paymentReference} for reservation ${reservationId} could not buy the seats, ${TURNED_DOWN[reason]}, and has to go back.`,
  SeatsBlocked: ({ seatIds, reason }) => `${named(seatIds)} were taken off sale${because(reason)}.`,
  SeatsUnblocked: ({ seatIds }) => `${named(seatIds)} were put on sale again.`,
  OnSaleMoved: ({ onSaleAt }) =>
    onSaleAt === null
      ? 'The sale was opened at once.'
      : `The sale was moved to begin at ${onSaleAt}.`,
  SalesEndMoved: ({ salesEndAt }) => `Sales end at ${salesEndAt}.`,
  EventSalesEndChanged: ({ salesEndMinutesAfterStart }) =>
    `Sales of the event end ${salesEndMinutesAfterStart} minutes after its start.`,
  SalesClosed: ({ reason }) => `The sale was closed${because(reason)}.`,
  SaleCancelled: ({ reason, sales }) =>
    `The event was cancelled${because(reason)}; ${sales} ${sales === 1 ? 'sale was' : 'sales were'} to be refunded.`,
  PaymentRequested: ({ reservationId, amount, attempt, provider, purpose }) =>
    `${money(amount)} were asked of ${provider} for ${purpose.type === 'exchange' ? 'an exchange in ' : ''}reservation ${reservationId} (try ${attempt}).`,
  PaymentCaptured: ({ reservationId, amount, reference, heardBy }) =>
    `${money(amount)} came in for reservation ${reservationId} as payment ${reference}, ${HEARD[heardBy]}.`,
  PaymentFailed: ({ reservationId, attempt, reason }) =>
    `Try ${attempt} to pay for reservation ${reservationId} came to nothing: ${FAILED[reason]}.`,
  PaymentKept: ({ reservationId, amount, reference }) =>
    `Payment ${reference} of ${money(amount)} for reservation ${reservationId} was kept: it bought the seats.`,
  RefundDue: ({ reservationId, amount, reference, reason }) =>
    `${money(amount)} of payment ${reference} for reservation ${reservationId} were owed back, ${REFUND[reason]}.`,
  RefundCompleted: ({ reservationId, amount, refundReference }) =>
    `${money(amount)} for reservation ${reservationId} were paid back as refund ${refundReference}.`,
  SaleChangeWithdrawn: ({ reservationId, changeId }) =>
    `Refund or exchange ${changeId} of reservation ${reservationId} can no longer take effect.`,
  TicketVoided: ({ ticketId, seatId, reason, wasRedeemed }) =>
    `Ticket ${ticketId} for seat ${seatId} was voided to be ${reason}${wasRedeemed ? ', although it had been checked in' : ''}.`,
  TicketReinstated: ({ ticketId, seatId }) =>
    `Ticket ${ticketId} for seat ${seatId} is valid again.`,
  RefundPending: ({ reservationId, amount, refundReference }) =>
    `The provider accepted refund ${refundReference} of ${money(amount)} for reservation ${reservationId}; the bank has not confirmed it.`,
  RefundFailed: ({ reservationId, amount, try: number, refundReference, reason }) =>
    `Try ${number} to pay back ${money(amount)} for reservation ${reservationId} failed as refund ${refundReference}: ${reason}. It is due again.`,
  TicketRedeemed: ({ ticketId, seatId }) =>
    `Somebody went in with ticket ${ticketId} for seat ${seatId}.`,
  EventScheduled: ({ name, startsAt, seatCount }) =>
    `The event "${name}" at ${startsAt} with ${seats(seatCount)} was announced.`,
  EventRenamed: ({ name }) => `The event was renamed "${name}".`,
  EventDescribed: ({ category, performers }) =>
    `The description of the event changed${category === null ? '' : `, as ${category}`}${performers.length === 0 ? '' : `, with ${performers.join(', ')}`}.`,
  EventRescheduled: ({ fromStartsAt, startsAt }) =>
    `The event was moved from ${fromStartsAt} to ${startsAt}.`,
  EventTimeZoneChanged: ({ timeZone }) =>
    `From then on the times of the event were told in ${timeZone ?? 'the zone of its venue'}.`,
  EventHoldRulesChanged: ({ requireContactToHold, autoWaitingRoom }) =>
    `From then on a hold needed ${requireContactToHold ? 'an account with a mail address' : 'no mail address'}, and a waiting room ${autoWaitingRoom ? 'could start' : 'did not start'} by itself.`,
  EventCancelled: ({ reason }) => `The event was called off${because(reason)}.`,
  CancellationFinished: ({ sales }) =>
    `Everybody had the money back: ${sales} ${sales === 1 ? 'sale' : 'sales'} of the cancelled event.`,
  WaitingRoomConfigured: ({ settings: { admitPerMinute, maxShoppers, opensAt } }) =>
    `A waiting room was set up, to open at ${opensAt} and let ${admitPerMinute} in a minute, ${maxShoppers} at once.`,
  WaitingRoomMoved: ({ to }) => `The waiting room was ${ROOM[to]}.`,
  EarlyArrivalsShuffled: ({ early, seed }) =>
    `The ${early} who had come before the opening were put in an order drawn by lot, from seed ${seed}.`,
  NumbersSetAside: ({ upTo, nowServing }) =>
    `Numbers up to ${upTo} were set aside for those who come; number ${nowServing} had been called.`,
  VenueRegistered: ({ name, city, seatCount }) =>
    `The venue "${name}" in ${city} with ${seats(seatCount)} was entered.`,
  LogAccepted: ({ cause }) =>
    `Every read model was to be built from another log than before. ${cause}.`,
  RebuildStarted: ({ projection, generation }) =>
    `What queries are answered from (${projection}) began to be built again from the log, for the ${ordinal(generation)} time.`,
  RebuildCancelled: ({ projection }) => `Building ${projection} again was called off.`,
  DifferenceAccepted: ({ projection }) =>
    `The tables of ${projection} that were built again differed from those in use, and were to replace them all the same.`,
  SwitchBackStarted: ({ projection }) =>
    `Queries were to be answered again from the earlier tables of ${projection}.`,
  ParkedEventSkipped: ({ projection, stream, revision, type, reason }) =>
    `${type}, number ${revision} of ${stream}, was left out of ${projection}${because(reason)}; the log keeps it.`,
  ParkedEventRetried: ({ projection, stream, revision, type }) =>
    `${type}, number ${revision} of ${stream}, which ${projection} could not show before, was shown after another try.`,
  SeatingPlanChunkStored: ({ hash, index, of }) =>
    `Part ${index + 1} of ${of} of seating plan ${hash} was stored.`,
  SamplesLoaded: ({ total }) => `${total} sample venues and events were loaded.`,
};

/** Returns the sentence of an upcasted domain event; for an unknown type, a sentence with its name. */
export function sentenceOf(type: string, data: unknown): string {
  const sentence = Object.hasOwn(SENTENCES, type) ? SENTENCES[type as keyof Sentences] : undefined;
  if (!sentence) return `${type} was recorded, which this version of Boxoffice does not know.`;
  const text = (sentence as (data: unknown) => string)(data);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const ROOM: Readonly<Record<Exclude<RoomPhase, 'scheduled'>, string>> = {
  open: 'opened by hand',
  paused: 'paused',
  ended: 'ended',
  off: 'switched off',
};
const UNDONE: Readonly<Record<UndoneReason, string>> = {
  'refunded-by-organizer': 'because the organizer refunded it',
  'event-cancelled': 'because the event was cancelled',
};
const TURNED_DOWN: Readonly<Record<TurnedDownReason, string>> = {
  'seats-lost': 'because the hold had ended and somebody else had the seats',
  released: 'because the customer had given the seats back',
  'paid-twice': 'because they were paid for, or paid back, already',
  'exchange-refused': 'because the exchange was not possible any more',
  'sale-cancelled': 'because the event had been cancelled',
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
  declined: 'the provider declined',
  'token-unknown': 'the provider did not know the card',
  abandoned: 'the provider did not know it when the hold ended',
};

const money = ({ amountMinor, currency }: Money): string => moneyInWords({ amountMinor, currency });
const because = (reason: string): string => (reason === '' ? '' : ` (${reason})`);
const ordinal = (number: number): string =>
  `${number}${{ 1: 'st', 2: 'nd', 3: 'rd' }[number] ?? 'th'}`;
const seats = (count: number): string => `${count} ${count === 1 ? 'seat' : 'seats'}`;

/** Most seats named in one sentence: a whole section would fill pages. */
const MAX_NAMED = 20;

function named(seatIds: readonly string[]): string {
  const shown = seatIds.slice(0, MAX_NAMED).join(', ');
  const more = seatIds.length - MAX_NAMED;
  return `${seatIds.length === 1 ? 'seat' : 'seats'} ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}
