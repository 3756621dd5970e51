import { decideCheckIn, type CheckInRejection, type RedeemTicket } from '../../src/domain/check-in/decide.js';
import { checkInStream, ticketIdOf, type CheckInEvent } from '../../src/domain/check-in/events.js';
import { evolveCheckIn, type CheckIn } from '../../src/domain/check-in/state.js';
import { derivedId } from '../../src/domain/derived-id.js';
import { NOON } from '../support/phrases.js';

const ticket = {
  ticketId: ticketIdOf('r1', 'A1'),
  eventId: 'opening-night',
  reservationId: 'r1',
  seatId: 'A1',
};
const show = (changes: Partial<RedeemTicket> = {}): RedeemTicket => ({
  type: 'RedeemTicket',
  atEventId: 'opening-night',
  ticket,
  standing: 'valid',
  now: NOON,
  ...changes,
});
const redeemed: CheckInEvent = {
  type: 'TicketRedeemed',
  data: { ...ticket, redeemedAt: '2026-06-11T12:00:00.000Z' },
};
const after = (...events: CheckInEvent[]) => events.reduce<CheckIn>(evolveCheckIn, undefined);
const rejection = (rejection: CheckInRejection) => ({ accepted: false, rejection });

describe('RedeemTicket', () => {
  it('lets its bearer in', () =>
    expect(decideCheckIn(show(), after())).toEqual({ accepted: true, events: [redeemed] }));

  it('lets nobody in twice, and says since when somebody is in', () =>
    expect(decideCheckIn(show({ now: NOON + 60_000 }), after(redeemed))).toEqual(
      rejection({ code: 'ticket-already-redeemed', redeemedAt: '2026-06-11T12:00:00.000Z' }),
    ));

  // Everything is wrong at first, and is put right from above, one by one.
  it.each<[CheckInRejection['code'], Partial<RedeemTicket>]>([
    ['ticket-wrong-event', { atEventId: 'closing-night', standing: undefined }],
    ['ticket-not-found', { standing: undefined }],
    ['ticket-refunded', { standing: 'refunded' }],
    ['ticket-exchanged', { standing: 'exchanged' }],
    ['ticket-already-redeemed', {}],
  ])('is refused as %s before anything that comes later in the list', (code, wrong) =>
    expect(decideCheckIn(show(wrong), after(redeemed))).toMatchObject(
      rejection({ code } as CheckInRejection),
    ),
  );
});

describe('a ticket', () => {
  it('has a stream of its own, in a category that EventStoreDB can tell', () =>
    expect(checkInStream(ticket.ticketId)).toBe(`checkIn-${ticket.ticketId}`));

  it('keeps the id that it has always had', () => {
    expect(ticket.ticketId).toBe(derivedId('ticket', 'r1', 'A1'));
    expect(ticket.ticketId).toBe('c02ca9f6-7d07-55eb-913e-17ca5d2d64d0');
  });
});
