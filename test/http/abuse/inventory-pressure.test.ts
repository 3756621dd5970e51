import type { Reservation } from '../../../src/domain/seat-inventory/state/reservation.js';
import { InventoryPressure, MAX_EARNED_SHARE } from '../../../src/http/abuse/inventory-pressure.js';
import { openManualClock } from '../../support/manual-clock.js';

const SIZE = { seats: 1_000, maxSeatsPerCustomer: 6 };

describe('seats that are held and unpaid', () => {
  const open = () => {
    const clock = openManualClock(1_800_000_000_000);
    const inventory = new Map<string, Partial<Reservation>>();
    const reservationOf = (_eventId: string, id: string) =>
      inventory.get(id) as Reservation | undefined;
    const pressure = new InventoryPressure(clock, reservationOf);
    const count = (account: string, holdId: string, seats: number, network = '2001:db8:1::/48') =>
      pressure.count({
        owner: { account, networks: ['narrow', network] },
        eventId: 'show',
        holdId,
        seats,
      });
    const hold = (account: string, holdId: string, seats: number, network?: string) => {
      const until = clock.now() + 600_000;
      inventory.set(holdId, { status: 'held', expiresAt: until });
      count(account, holdId, seats, network).held(until);
    };
    const end = (holdId: string, status: Reservation['status'], amountMinor = 100) => {
      inventory.set(holdId, { status, total: { amountMinor, currency: 'EUR' } });
      pressure.update(holdId);
    };
    return { clock, pressure, count, hold, end };
  };

  it('count immediately, by the widest network, until the request is rejected', () => {
    const { count, pressure } = open();
    const [first, second] = [count('a', 'h1', 4), count('b', 'h2', 3)];
    expect(second.pressure(SIZE)).toMatchObject({
      unpaidSeats: 7,
      networkSeats: 7,
      isNetworkProven: false,
    });
    expect(count('c', 'h3', 2, '203.0.113.1').pressure(SIZE)).toMatchObject({
      unpaidSeats: 9,
      networkSeats: 2,
    });
    first.cancel();
    second.cancel();
    expect(pressure.unpaidSeats('show')).toBe(2);
  });

  it('count once for a repeated request, which cannot remove them', () => {
    const { count, hold, pressure } = open();
    hold('a', 'h1', 4);
    const again = count('a', 'h1', 4);
    expect(again.exists).toBe(true);
    again.cancel();
    expect(pressure.unpaidSeats('show')).toBe(4);
  });

  it('are offset by paid seats, up to a share of the inventory', () => {
    const { count, hold, end, pressure } = open();
    hold('buyer', 'h1', 2);
    end('h1', 'confirmed');
    expect(pressure.hasPaid('buyer')).toBe(true);
    hold('b', 'h2', 40);
    expect(count('c', 'h3', 2).pressure(SIZE)).toMatchObject({
      networkSeats: 2,
      isNetworkProven: false,
    });
    hold('buyer', 'h4', 50);
    end('h4', 'confirmed');
    hold('d', 'h5', 600);
    expect(count('e', 'h6', 2).pressure(SIZE).networkSeats).toBe(
      40 + 600 + 2 + 2 - MAX_EARNED_SHARE * 1_000,
    );
    // Holds of an account that has paid are not counted.
    hold('buyer', 'h7', 50);
    expect(count('e', 'h6', 2).pressure(SIZE).unpaidSeats).toBe(40 + 600 + 2 + 2);
  });

  it('give no credit when they are free', () => {
    const { count, hold, end, pressure } = open();
    hold('guest', 'h1', 6);
    end('h1', 'confirmed', 0);
    expect(pressure.hasPaid('guest')).toBe(false);
    expect(count('b', 'h2', 5).pressure(SIZE).networkSeats).toBe(5);
  });

  it('are a debt of the network for an hour, in proportion to the length of the hold', async () => {
    const { clock, count, hold, end } = open();
    hold('a', 'h1', 10);
    hold('b', 'h2', 10);
    await clock.advance(60_000);
    end('h1', 'released');
    expect(count('c', 'h3', 1).pressure(SIZE).networkSeats).toBeCloseTo(10 + 1 + 1);
    await clock.advance(540_000);
    end('h2', 'expired');
    expect(count('d', 'h4', 1).pressure(SIZE).networkSeats).toBeCloseTo(1 + 1 + 10);
    await clock.advance(4_000_000);
    expect(count('e', 'h5', 1).pressure(SIZE).networkSeats).toBe(1);
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
