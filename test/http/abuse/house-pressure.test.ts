import type { Reservation } from '../../../src/domain/seat-inventory/reservation.js';
import { MAX_EARNED_SHARE, openHousePressure } from '../../../src/http/abuse/house-pressure.js';
import { openManualClock } from '../../support/manual-clock.js';

const HOUSE = { seats: 1_000, maxSeatsPerCustomer: 6 };

describe('seats that are held and unpaid', () => {
  const open = () => {
    const clock = openManualClock(1_800_000_000_000);
    const inventory = new Map<string, Partial<Reservation>>();
    const reservationOf = (_eventId: string, id: string) =>
      inventory.get(id) as Reservation | undefined;
    const pressure = openHousePressure({ clock, reservationOf });
    const ask = (account: string, holdId: string, seats: number, network = '2001:db8:1::/48') =>
      pressure.ask({
        owner: { account, networks: ['narrow', network] },
        eventId: 'show',
        holdId,
        seats,
      });
    const hold = (account: string, holdId: string, seats: number, network?: string) => {
      const until = clock.now() + 600_000;
      inventory.set(holdId, { status: 'held', expiresAt: until });
      ask(account, holdId, seats, network).held(until);
    };
    const end = (holdId: string, status: Reservation['status'], amountMinor = 100) => {
      inventory.set(holdId, { status, total: { amountMinor, currency: 'EUR' } });
      pressure.look(holdId);
    };
    return { clock, pressure, ask, hold, end };
  };

  it('count at once, by the widest network, and no more when nothing came of the request', () => {
    const { ask, pressure } = open();
    const [first, second] = [ask('a', 'h1', 4), ask('b', 'h2', 3)];
    expect(second.pressure(HOUSE)).toMatchObject({
      unpaidSeats: 7,
      networkSeats: 7,
      isNetworkProven: false,
    });
    expect(ask('c', 'h3', 2, '203.0.113.1').pressure(HOUSE)).toMatchObject({
      unpaidSeats: 9,
      networkSeats: 2,
    });
    first.cancel();
    second.cancel();
    expect(pressure.unpaidSeats('show')).toBe(2);
  });

  it('count once for the same request again, which cannot take them out', () => {
    const { ask, hold, pressure } = open();
    hold('a', 'h1', 4);
    const again = ask('a', 'h1', 4);
    expect(again.exists).toBe(true);
    again.cancel();
    expect(pressure.unpaidSeats('show')).toBe(4);
  });

  it('are offset by paid seats, up to a share of the house', () => {
    const { ask, hold, end, pressure } = open();
    hold('buyer', 'h1', 2);
    end('h1', 'confirmed');
    expect(pressure.hasPaid('buyer')).toBe(true);
    hold('b', 'h2', 40);
    expect(ask('c', 'h3', 2).pressure(HOUSE)).toMatchObject({
      networkSeats: 2,
      isNetworkProven: false,
    });
    hold('buyer', 'h4', 50);
    end('h4', 'confirmed');
    hold('d', 'h5', 600);
    expect(ask('e', 'h6', 2).pressure(HOUSE).networkSeats).toBe(
      40 + 600 + 2 + 2 - MAX_EARNED_SHARE * 1_000,
    );
    // Of a buyer nothing more is counted.
    hold('buyer', 'h7', 50);
    expect(ask('e', 'h6', 2).pressure(HOUSE).unpaidSeats).toBe(40 + 600 + 2 + 2);
  });

  it('give no credit when they are free', () => {
    const { ask, hold, end, pressure } = open();
    hold('guest', 'h1', 6);
    end('h1', 'confirmed', 0);
    expect(pressure.hasPaid('guest')).toBe(false);
    expect(ask('b', 'h2', 5).pressure(HOUSE).networkSeats).toBe(5);
  });

  it('are a debt of the network for an hour, in proportion to the time that they were kept', async () => {
    const { clock, ask, hold, end } = open();
    hold('a', 'h1', 10);
    hold('b', 'h2', 10);
    await clock.advance(60_000);
    end('h1', 'released');
    expect(ask('c', 'h3', 1).pressure(HOUSE).networkSeats).toBeCloseTo(10 + 1 + 1);
    await clock.advance(540_000);
    end('h2', 'expired');
    expect(ask('d', 'h4', 1).pressure(HOUSE).networkSeats).toBeCloseTo(1 + 1 + 10);
    await clock.advance(4_000_000);
    expect(ask('e', 'h5', 1).pressure(HOUSE).networkSeats).toBe(1);
  });

  it('count as long as the inventory holds them', async () => {
    const { clock, hold, pressure, end } = open();
    hold('a', 'h1', 4);
    await clock.advance(601_000);
    expect(pressure.unpaidSeats('show')).toBe(4);
    end('h1', 'expired');
    expect(pressure.unpaidSeats('show')).toBe(0);
  });
});
