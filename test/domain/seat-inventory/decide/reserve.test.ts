import { given } from '../../../support/seat-inventory/given.js';
import { open, reserve } from '../../../support/seat-inventory/commands.js';
import {
  blocked,
  closed,
  confirmed,
  expired,
  opened,
  refunded,
  released,
  reserved,
} from '../../../support/seat-inventory/events.js';
import { HOLD_SECONDS, rules, secondsAfterNoon } from '../../../support/seat-inventory/rules.js';

describe('OpenInventory', () => {
  it('opens the sale with its rules', () =>
    given()
      .when(open({ holdSeconds: 60 }))
      .then(opened({ holdSeconds: 60 })));

  it('opening again under the same rules changes nothing', () =>
    given(opened())
      .when(open({}, secondsAfterNoon(5)))
      .thenNothing());

  it.each([
    ['seating plan', { seatingPlanHash: 'another' }],
    ['prices', { prices: rules.prices.map((price) => ({ ...price, amountMinor: 1 })) }],
    ['hold', { holdSeconds: 30 }],
    ['opening', { onSaleAt: '2026-07-01T09:00:00.000Z' }],
  ])('is refused with another %s: the rules of a sale are fixed', (_, changes) =>
    given(opened()).when(open(changes)).thenRejected({ code: 'inventory-already-open' }),
  );
});

describe('ReserveSeats, by name', () => {
  it(
    'holds the seats in the order asked for, until the hold ends, at the price of ' +
      'their categories',
    () =>
      given(opened())
        .when(reserve(['C1', 'A2', 'A1']))
        .then({
          type: 'SeatsReserved',
          data: {
            reservationId: 'r1',
            customerId: 'ann',
            seatIds: ['C1', 'A2', 'A1'],
            total: { amountMinor: 13_000, currency: 'EUR' },
            requestDigest: 'C1 A2 A1',
            reservedAt: '2026-06-11T12:00:00.000Z',
            expiresAt: '2026-06-11T12:10:00.000Z',
          },
        }),
  );

  it('is refused before the event exists', () =>
    given()
      .when(reserve(['A1']))
      .thenRejected({ code: 'event-not-found' }));

  it('is all or nothing: the answer names every seat that was taken', () =>
    given(
      opened(),
      reserved('r0', ['A2'], { by: 'bob' }),
      reserved('r00', ['A4'], { by: 'cleo' }),
      blocked(['A5']),
    )
      .when(reserve(['A1', 'A2', 'A3', 'A4', 'A5']))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['A2', 'A4', 'A5'] }));

  it('a sold seat is taken, however late it is', () =>
    given(opened(), reserved('r0', ['A1'], { by: 'bob' }), confirmed('r0', ['A1']))
      .when(reserve(['A1'], { at: secondsAfterNoon(1e6) }))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['A1'] }));

  it.each([
    ['expired', expired('r0', ['A1'])],
    ['released', released('r0', ['A1'])],
  ])('a seat whose hold has %s is free', (_, ended) =>
    given(opened(), reserved('r0', ['A1'], { by: 'bob' }), ended)
      .when(reserve(['A1']))
      .then(reserved('r1', ['A1'])),
  );

  it('a refunded seat is free', () =>
    given(
      opened(),
      reserved('r0', ['A1'], { by: 'bob' }),
      confirmed('r0', ['A1']),
      refunded('r0', ['A1']),
    )
      .when(reserve(['A1']))
      .then(reserved('r1', ['A1'])));

  it.each([
    ['no seat', reserve([]), { code: 'no-seats-requested' }],
    ['a seat twice', reserve(['A1', 'A2', 'A1']), { code: 'seats-repeated', seatIds: ['A1'] }],
    [
      'a seat that the plan lacks',
      reserve(['A1', 'Z9', '']),
      { code: 'seats-unknown', seatIds: ['Z9', ''] },
    ],
    [
      'a seat named like a property',
      reserve(['constructor']),
      { code: 'seats-unknown', seatIds: ['constructor'] },
    ],
  ] as const)('refuses %s', (_, command, rejection) =>
    given(opened()).when(command).thenRejected(rejection),
  );

  it('names each repeated seat once, and ten thousand of them fast', () => {
    const seatIds = Array.from({ length: 60_000 }, (_, at) => `seat ${at % 20_000}`);
    const before = performance.now();
    given(opened())
      .when(reserve(seatIds))
      .thenRejected({ code: 'seats-repeated', seatIds: seatIds.slice(0, 20_000) });
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('is refused once sales are closed', () =>
    given(opened(), closed())
      .when(reserve(['A1']))
      .thenRejected({ code: 'sales-closed' }));

  describe('before the sale opens', () => {
    const onSaleAt = '2026-06-11T12:00:30.000Z';
    it('is refused to the last millisecond', () =>
      given(opened({ onSaleAt }))
        .when(reserve(['A1'], { at: secondsAfterNoon(30) - 1 }))
        .thenRejected({ code: 'sales-not-open', onSaleAt }));
    it('is taken from the very instant', () =>
      given(opened({ onSaleAt }))
        .when(reserve(['A1'], { at: secondsAfterNoon(30) }))
        .then(reserved('r1', ['A1'], { at: secondsAfterNoon(30) })));
  });

  describe('with the same reservation id', () => {
    it('another selection is rejected: the key was used', () =>
      given(opened(), reserved('r1', ['A1']))
        .when(reserve(['A2']))
        .thenRejected({ code: 'idempotency-key-reused' }));
    it('another customer is refused', () =>
      given(opened(), reserved('r1', ['A1']))
        .when(reserve(['A1'], { by: 'bob' }))
        .thenRejected({ code: 'idempotency-key-reused' }));
    it.each([
      ['held', []],
      ['expired', [expired('r1', ['A1'])]],
      ['confirmed', [confirmed('r1', ['A1'])]],
      [
        'released and sold to somebody else',
        [released('r1', ['A1']), reserved('r2', ['A1'], { by: 'bob' })],
      ],
    ])('the same selection writes nothing while the reservation is %s', (_, since) =>
      given(opened(), reserved('r1', ['A1']), ...since)
        .when(reserve(['A1']))
        .thenNothing(),
    );
  });
});

describe('A hold that is past its time', () => {
  const late = secondsAfterNoon(HOLD_SECONDS);

  it('is still a hold one millisecond before', () =>
    given(opened(), reserved('r0', ['A1'], { by: 'bob' }))
      .when(reserve(['A1'], { at: late - 1 }))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['A1'] }));

  it('is expired, whole, in the same append as the new hold of one of its seats', () =>
    given(opened(), reserved('r0', ['A1', 'A2', 'A3'], { by: 'bob' }))
      .when(reserve(['A2'], { at: late }))
      .then(expired('r0', ['A1', 'A2', 'A3'], late), reserved('r1', ['A2'], { at: late })));

  it('each is expired once, however many of its seats are asked for', () =>
    given(
      opened(),
      reserved('r0', ['A1', 'A3'], { by: 'bob' }),
      reserved('r00', ['A2', 'A4'], { by: 'cleo' }),
    )
      .when(reserve(['A1', 'A2', 'A3', 'A4'], { at: late }))
      .then(
        expired('r0', ['A1', 'A3'], late),
        expired('r00', ['A2', 'A4'], late),
        reserved('r1', ['A1', 'A2', 'A3', 'A4'], { at: late }),
      ));

  it('is not expired when another selected seat is truly taken', () =>
    given(
      opened(),
      reserved('r0', ['A1'], { by: 'bob' }),
      reserved('r00', ['A2'], { by: 'cleo', at: late, expires: late + 1 }),
    )
      .when(reserve(['A1', 'A2'], { at: late }))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['A2'] }));
});
