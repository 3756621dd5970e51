import { checkInStream, ticketIdOf, type CheckInEvent } from '../../src/domain/ticket/events.js';
import type { SeatInventoryEvent } from '../../src/domain/seat-inventory/events.js';
import { reservationsProjection } from '../../src/projections/reservations.js';
import { ticketsProjection } from '../../src/projections/tickets.js';
import { confirmationMails } from '../../src/read-models/ticket/confirmation-mails.js';
import { InvalidCursor } from '../../src/read-models/event/events-queries.js';
import { ticketQueries, type TicketView } from '../../src/read-models/ticket/tickets-queries.js';
import { tickets } from '../../src/read-models/ticket/tickets.js';
import {
  confirmed,
  exchanged,
  expired,
  opened,
  refunded,
  reserved,
} from '../support/seat-inventory/events.js';
import { NOON, secondsAfterNoon } from '../support/seat-inventory/rules.js';
import { LOGS, openReadSide, type ReadSide } from '../support/read-side.js';

const iso = (instant: number) => new Date(instant).toISOString();

const ticket = (
  eventId: string,
  reservationId: string,
  seatId: string,
  changes: Partial<TicketView> = {},
) => ({
  eventId,
  ticketId: ticketIdOf(reservationId, seatId),
  reservationId,
  seatId,
  status: 'valid',
  issuedAt: iso(NOON),
  redeemedAt: null,
  endedAt: null,
  ...changes,
});
const redeemed = (
  eventId: string,
  reservationId: string,
  seatId: string,
  at: number,
): CheckInEvent => ({
  type: 'TicketRedeemed',
  data: {
    ticketId: ticketIdOf(reservationId, seatId),
    eventId,
    reservationId,
    seatId,
    redeemedAt: iso(at),
  },
});

const held = reserved('r1', ['A1', 'A 2"']);
const paid = confirmed('r1', ['A1', 'A 2"']);

describe.each(LOGS)('tickets, projected from %s', (log) => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await openReadSide(log);
    side.run(reservationsProjection, ticketsProjection);
  });
  afterAll(() => side.close());

  describe.each([
    ['in one batch', false],
    ['one by one', true],
  ])('%s', (way, oneByOne) => {
    const happen = async (eventId: string, ...events: SeatInventoryEvent[]) => {
      if (!oneByOne) await side.append(eventId, opened(), ...events);
      else {
        for (const event of [opened(), ...events]) {
          await side.append(eventId, event);
          await side.caughtUp();
        }
      }
      await side.caughtUp();
      return ticketQueries(side.pool);
    };

    it('are issued when they are paid, not before', async () => {
      const eventId = `paid ${way}`;
      const queries = await happen(
        eventId,
        reserved('r0', ['B1']),
        expired('r0', ['B1']),
        held,
        paid,
      );
      expect(await queries.ofReservation(eventId, 'r0')).toEqual([]);
      expect(await queries.ofReservation(eventId, 'r1')).toEqual([
        ticket(eventId, 'r1', 'A 2"'),
        ticket(eventId, 'r1', 'A1'),
      ]);
      const { ticketId } = ticket(eventId, 'r1', 'A1');
      expect(await queries.standing(eventId, ticketId)).toBe('valid');
      expect(await queries.standing('another', ticketId)).toBeUndefined();
      expect(await queries.ofOwner('ann', eventId, ticketId)).toEqual(ticket(eventId, 'r1', 'A1'));
      expect(await queries.ofOwner('bob', eventId, ticketId)).toBeUndefined();
    });

    it('are void after a refund', async () => {
      const eventId = `refunded ${way}`;
      const queries = await happen(eventId, held, paid, refunded('r1', ['A1', 'A 2"']));
      expect((await queries.ofReservation(eventId, 'r1')).map(({ status }) => status)).toEqual([
        'refunded',
        'refunded',
      ]);
      expect(await queries.standing(eventId, ticketIdOf('r1', 'A1'))).toBe('refunded');
    });

    it('are issued for the new seats of an exchange, and void for the old ones', async () => {
      const eventId = `exchanged ${way}`;
      const there = exchanged('r1', ['A1', 'A 2"'], ['A1', 'C1'], { at: NOON + 1_000 });
      const queries = await happen(eventId, held, paid, there);
      expect(await queries.ofReservation(eventId, 'r1')).toEqual([
        ticket(eventId, 'r1', 'A 2"', { status: 'exchanged', endedAt: iso(NOON + 1_000) }),
        ticket(eventId, 'r1', 'A1'),
        ticket(eventId, 'r1', 'C1', { issuedAt: iso(NOON + 1_000) }),
      ]);
    });

    it('show when they were redeemed', async () => {
      const eventId = `redeemed ${way}`;
      const queries = await happen(eventId, held, paid);
      const { ticketId } = ticket(eventId, 'r1', 'A1');
      await side.appendTo(
        `${checkInStream(ticketId)} ${way}`,
        redeemed(eventId, 'r1', 'A1', NOON + 5_000),
      );
      await side.caughtUp();
      expect(await queries.ofOwner('ann', eventId, ticketId)).toEqual(
        ticket(eventId, 'r1', 'A1', { redeemedAt: iso(NOON + 5_000) }),
      );
      expect(await queries.standing(eventId, ticketId)).toBe('valid');
    });
  });

  it('make one mail due per reservation, and none in a rebuild', async () => {
    const mails = confirmationMails(side.pool);
    await side.append('mails', opened(), held, paid);
    await side.caughtUp();
    const due = async () =>
      (await mails.due(Date.now() + 60_000, 1_000)).filter((one) => one.eventId === 'mails');
    expect(await due()).toEqual([
      { eventId: 'mails', reservationId: 'r1', confirmedAt: iso(NOON), attempts: 0 },
    ]);
    await mails.end({ eventId: 'mails', reservationId: 'r1', confirmedAt: iso(NOON) }, 'sent');

    // Like a rebuild: the same changes in tables of another version.
    await side.pool.query(tickets.createTables('v99'));
    const ids = [{ ticketId: ticketIdOf('r1', 'A1'), seatId: 'A1' }];
    const change = {
      kind: 'issued',
      eventId: 'mails',
      reservationId: 'r1',
      tickets: ids,
      issuedAt: iso(NOON),
    } as const;
    await tickets.write(side.pool, 'v99', [{ ...change, mail: true }]);
    expect(await due()).toEqual([]);
  });

  it('are recorded as uncertain by a rebuild too, without a mail', async () => {
    await side.pool.query(tickets.createTables('v98'));
    const uncertain = {
      kind: 'uncertain',
      eventId: 'rebuilt',
      reservationId: 'r1',
      seatIds: ['A1'],
    } as const;
    const sold = [{ ticketId: ticketIdOf('r1', 'A1'), seatId: 'A1' }];
    const issued = {
      kind: 'issued',
      eventId: 'rebuilt',
      reservationId: 'r1',
      tickets: sold,
    } as const;
    await tickets.load!(side.pool, 'v98', [
      { ...issued, issuedAt: iso(NOON), mail: true },
      uncertain,
    ]);
    const { rows } = await side.pool.query(
      `select reservation_id, seat_id from ticket_voids where event_id = 'rebuilt'`,
    );
    expect(rows).toEqual([{ reservation_id: 'r1', seat_id: 'A1' }]);
    const mails = await confirmationMails(side.pool).due(Date.now() + 60_000, 1_000);
    expect(mails.filter(({ eventId }) => eventId === 'rebuilt')).toEqual([]);
  });
});

describe('a customer’s tickets', () => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await openReadSide();
    side.run(reservationsProjection, ticketsProjection);
    for (const [at, eventId] of ['e1', 'e2', 'e3'].entries()) {
      const seats = ['A1', 'A2', 'A3'];
      await side.append(
        eventId,
        opened(),
        reserved('mine', seats),
        confirmed('mine', seats, { at: secondsAfterNoon(at) }),
        reserved('bobs', ['B1'], { by: 'bob' }),
        confirmed('bobs', ['B1']),
      );
    }
    await side.caughtUp();
  });
  afterAll(() => side.close());

  it('are listed newest first, page by page, each once', async () => {
    const { ofCustomer } = ticketQueries(side.pool);
    const all = await ofCustomer('ann', { limit: 100 });
    expect(all.next).toBeNull();
    expect(all.tickets.map(({ eventId }) => eventId).join()).toBe('e3,e3,e3,e2,e2,e2,e1,e1,e1');

    const paged: TicketView[] = [];
    for (let cursor: string | undefined, page = 0; page < 5; page++) {
      const { tickets, next } = await ofCustomer('ann', { limit: 2, cursor });
      paged.push(...tickets);
      cursor = next ?? undefined;
      expect(next === null).toBe(page === 4);
    }
    expect(paged).toEqual(all.tickets);
  });

  it('are listed for one event', async () => {
    const { tickets } = await ticketQueries(side.pool).ofCustomer('ann', {
      limit: 9,
      eventId: 'e2',
    });
    expect(tickets.map(({ seatId }) => seatId).sort()).toEqual(['A1', 'A2', 'A3']);
  });

  it('reject a cursor that is not from a page', async () => {
    const { ofCustomer } = ticketQueries(side.pool);
    for (const text of [
      '',
      'x',
      '2026-06-11T12:00:00.000Z e1',
      '9999-99-99T99:99:99.999Z e1 t1',
      '-1',
    ]) {
      const cursor = Buffer.from(text).toString('base64url');
      await expect(ofCustomer('ann', { limit: 2, cursor })).rejects.toThrow(InvalidCursor);
    }
  });

  it('are complete when every confirmed reservation has its tickets', async () => {
    const { complete } = ticketQueries(side.pool);
    expect(await complete('ann')).toBe(true);
    await side.pool.query(`delete from tickets where event_id = 'e1' and reservation_id = 'mine'`);
    expect(await complete('ann')).toBe(false);
    expect(await complete('bob')).toBe(true);
  });
});
