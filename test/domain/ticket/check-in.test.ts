import {
  checkInDecider,
  type CheckInRejection,
  type RedeemTicket,
  type VoidTicket,
} from '../../../src/domain/ticket/decide.js';
import { checkInStream, ticketIdOf, type CheckInEvent } from '../../../src/domain/ticket/events.js';
import { derivedId } from '../../../src/domain/shared/derived-id.js';
import { NOON } from '../../support/seat-inventory/rules.js';

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
const { initial, evolve, decide } = checkInDecider;
const after = (...events: CheckInEvent[]) =>
  events.reduce((checkIn, event) => evolve(checkIn, event), initial());
const rejection = (rejection: CheckInRejection) => ({ accepted: false, rejection });

describe('RedeemTicket', () => {
  it('lets its bearer in', () =>
    expect(decide(show(), after())).toEqual({ accepted: true, events: [redeemed] }));

  it('lets nobody in twice, and says since when somebody is in', () =>
    expect(decide(show({ now: NOON + 60_000 }), after(redeemed))).toEqual(
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
    expect(decide(show(wrong), after(redeemed))).toMatchObject(
      rejection({ code } as CheckInRejection),
    ),
  );
});

const takeBack = (changes: Partial<VoidTicket> = {}): VoidTicket => ({
  type: 'VoidTicket',
  ticket,
  changeId: 'refund-1',
  reason: 'refunded',
  force: false,
  now: NOON,
  ...changes,
});
const voided = (changeId = 'refund-1', wasRedeemed = false): CheckInEvent => ({
  type: 'TicketVoided',
  data: {
    ...ticket,
    changeId,
    reason: 'refunded',
    wasRedeemed,
    voidedAt: '2026-06-11T12:00:00.000Z',
  },
});
const reinstated: CheckInEvent = {
  type: 'TicketReinstated',
  data: { ...ticket, reinstatedAt: '2026-06-11T12:00:00.000Z' },
};

describe('VoidTicket', () => {
  it('is refused at the door, with the reason why it was voided', () => {
    expect(decide(takeBack(), after())).toEqual({ accepted: true, events: [voided()] });
    expect(decide(show(), after(voided()))).toEqual(rejection({ code: 'ticket-refunded' }));
    const exchanged = decide(takeBack({ reason: 'exchanged' }), after());
    if (!exchanged.accepted) throw new Error(exchanged.rejection.code);
    expect(decide(show(), after(...exchanged.events))).toEqual(
      rejection({ code: 'ticket-exchanged' }),
    );
  });

  it('is refused once the ticket is checked in, unless forced, which is recorded', () => {
    expect(decide(takeBack(), after(redeemed))).toEqual(
      rejection({ code: 'ticket-already-redeemed', redeemedAt: '2026-06-11T12:00:00.000Z' }),
    );
    expect(decide(takeBack({ force: true }), after(redeemed))).toEqual({
      accepted: true,
      events: [voided('refund-1', true)],
    });
  });

  it('is written once for each change, and by each change', () => {
    expect(decide(takeBack(), after(voided()))).toEqual({ accepted: true, events: [] });
    const both = after(voided(), voided('refund-2'));
    expect(both.void?.changeIds).toEqual(['refund-1', 'refund-2']);
    expect(decide(takeBack({ changeId: 'refund-2' }), after(voided()))).toEqual({
      accepted: true,
      events: [voided('refund-2')],
    });
  });

  it('can be reinstated: the ticket admits, or stays checked in', () => {
    const reinstate = { type: 'ReinstateTicket', ticket, now: NOON } as const;
    expect(decide(reinstate, after())).toEqual({ accepted: true, events: [] });
    expect(decide(reinstate, after(voided()))).toEqual({
      accepted: true,
      events: [reinstated],
    });
    expect(decide(show(), after(voided(), reinstated))).toEqual({
      accepted: true,
      events: [redeemed],
    });
    expect(decide(show(), after(redeemed, voided('refund-1', true), reinstated))).toMatchObject(
      rejection({ code: 'ticket-already-redeemed', redeemedAt: '2026-06-11T12:00:00.000Z' }),
    );
    expect(after(voided(), reinstated, voided('refund-2')).void?.changeIds).toEqual(['refund-2']);
  });
});

describe('a ticket', () => {
  it('has a stream of its own, in a category that EventStoreDB can tell', () =>
    expect(checkInStream(ticket.ticketId)).toBe(`checkIn-${ticket.ticketId}`));

  it('keeps the id that it has always had', () => {
    expect(ticket.ticketId).toBe(derivedId('ticket', 'r1', 'A1'));
    expect(ticket.ticketId).toBe('c02ca9f6-7d07-55eb-913e-17ca5d2d64d0');
  });
});
