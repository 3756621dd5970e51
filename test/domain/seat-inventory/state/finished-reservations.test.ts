import * as fc from 'fast-check';
import { Reservations } from '../../../../src/domain/seat-inventory/state/reservations.js';
import type { Reservation } from '../../../../src/domain/seat-inventory/state/reservation.js';
import { drawPlan } from '../../../support/seat-inventory/drawn-plan.js';

const { layout } = drawPlan([['..........']]);

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 5 });

/** Without a number and without undefined fields. */
const reservation = fc
  .record({
    id: fc.oneof(
      { weight: 5, arbitrary: fc.uuid() },
      { weight: 1, arbitrary: fc.string({ minLength: 1 }) },
    ),
    customerId: fc.oneof(fc.uuid(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })),
    seatIds: fc.subarray([...layout.seatIds]),
    status: fc.constantFrom('held', 'confirmed', 'expired', 'released', 'refunded'),
    total: fc.record({
      amountMinor: fc.maxSafeNat(),
      currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
    }),
    requestDigest: fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom('LCa0a2j_xo_5m0U8', 'ZXhhbXBsZS1kaWdl') },
      { weight: 2, arbitrary: hex(64) },
      { weight: 1, arbitrary: fc.string() },
    ),
    reservedAt: fc.maxSafeNat(),
    expiresAt: fc.maxSafeNat(),
    paymentStarted: fc.boolean(),
    paymentReference: optional(fc.string()),
    confirmedAt: optional(fc.maxSafeNat()),
  })
  .map((drawn) =>
    Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)),
  )
  .map((drawn) => drawn as unknown as Omit<Reservation, 'number'>);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ add: reservation }) },
  { weight: 3, arbitrary: fc.record({ change: reservation, at: fc.nat() }) },
  { weight: 2, arbitrary: fc.constant('remove' as const) },
);

describe('the reservations of an inventory', () => {
  it('are returned unchanged, packed or not, after any additions, changes and rollbacks', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const reservations = new Reservations(layout);
        const list: Reservation[] = [];
        for (const one of steps) {
          if (one === 'remove') {
            if (list.pop()) reservations.removeNewest();
          } else if ('add' in one) {
            if (list.some(({ id }) => id === one.add.id)) continue;
            list.push({ ...one.add, number: list.length + 1 });
            reservations.set(list.at(-1)!);
          } else if (list.length > 0) {
            const at = one.at % list.length;
            list[at] = { ...one.change, id: list[at]!.id, number: at + 1 };
            reservations.set(list[at]);
          }
        }
        expect([...reservations]).toEqual(list);
        expect(reservations.count).toBe(list.length);
        const unpacked = [...reservations.unpacked()];
        expect(unpacked).toHaveLength(list.length - reservations.finished);
        const isFinished = ({ status }: Reservation) =>
          status === 'expired' || status === 'released';
        // All that can still be sold or undone, in their order.
        expect(unpacked.filter((one) => !isFinished(one))).toEqual(
          list.filter((one) => !isFinished(one)),
        );
        expect(unpacked.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
          unpacked.map(({ number }) => number),
        );
        for (const { id, number } of list) expect(reservations.numberOf(id)).toBe(number);
        expect(reservations.numberOf('nobody')).toBeUndefined();
      }),
    );
  });

  it('are packed when they ended without a sale, and are found by id among many', () => {
    const reservations = new Reservations(layout);
    const ids = fc.sample(fc.uuid(), { numRuns: 20_000, seed: 1 });
    for (const [at, id] of ids.entries()) {
      const held = {
        ...{
          id,
          number: at + 1,
          customerId: `customer-${at}`,
          seatIds: [layout.seatIds[at % 10]!],
        },
        ...{
          status: 'held' as const,
          total: { amountMinor: 100, currency: 'EUR' },
          // As reserving makes it: 96 bits in base64url.
          requestDigest: 'LCa0a2j_xo_5m0U8',
        },
        ...{ reservedAt: at, expiresAt: at + 1, paymentStarted: false },
      };
      reservations.set(held);
      reservations.set({ ...held, status: at % 2 === 0 ? 'expired' : 'released' });
    }
    expect(reservations.finished).toBe(20_000);
    for (const [at, id] of ids.entries()) expect(reservations.numberOf(id)).toBe(at + 1);
    expect(reservations.get(1)).toMatchObject({
      id: ids[0],
      customerId: 'customer-0',
      status: 'expired',
    });
    expect(reservations.get(2)).toMatchObject({ status: 'released', paymentStarted: false });
  });
});
