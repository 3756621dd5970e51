import { given } from '../../support/seat-inventory/given.js';
import { open, reserve, reserveBest } from '../../support/seat-inventory/commands.js';
import {
  blocked,
  closed,
  confirmed,
  expired,
  opened,
  refunded,
  released,
  reserved,
} from '../../support/seat-inventory/events.js';
import { HOLD_SECONDS, NOON, rules, secondsAfterNoon } from '../../support/seat-inventory/rules.js';

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
  it('holds the seats in the order asked for, until the hold ends, at the price of their categories', () =>
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
      }));

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
    it('another wish is refused: the key was used', () =>
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
    ])('the same wish writes nothing while the reservation is %s', (_, since) =>
      given(opened(), reserved('r1', ['A1']), ...since)
        .when(reserve(['A1']))
        .thenNothing(),
    );
  });
});

describe('The limit per customer', () => {
  const limited = opened({ maxSeatsPerCustomer: 3 });
  const overLimit = (alreadyYours: number) =>
    ({ code: 'too-many-seats', limit: 3, alreadyYours }) as const;

  it('may be used up', () =>
    given(limited)
      .when(reserve(['A1', 'A2', 'A3']))
      .then(reserved('r1', ['A1', 'A2', 'A3'])));
  it('may not be passed in one reservation', () =>
    given(limited)
      .when(reserve(['A1', 'A2', 'A3', 'A4']))
      .thenRejected(overLimit(0)));
  it('counts all reservations of the customer, held and bought', () =>
    given(limited, reserved('r0', ['A1']), confirmed('r0', ['A1']), reserved('r00', ['A2']))
      .when(reserve(['A3', 'A4']))
      .thenRejected(overLimit(2)));
  it('does not count what other customers have', () =>
    given(limited, reserved('r0', ['A1', 'A2', 'A3'], { by: 'bob' }))
      .when(reserve(['A4']))
      .then(reserved('r1', ['A4'])));
  it.each([
    ['expired', [expired('r0', ['A1', 'A2', 'A3'])]],
    ['released', [released('r0', ['A1', 'A2', 'A3'])]],
    ['refunded', [confirmed('r0', ['A1', 'A2', 'A3']), refunded('r0', ['A1', 'A2', 'A3'])]],
  ])('does not count what has been %s', (_, ended) =>
    given(limited, reserved('r0', ['A1', 'A2', 'A3']), ...ended)
      .when(reserve(['A4']))
      .then(reserved('r1', ['A4'])),
  );
  it('holds for best available too', () =>
    given(limited, reserved('r0', ['A1']))
      .when(reserveBest({ quantity: 3 }))
      .thenRejected(overLimit(1)));

  describe('and holds of one’s own that are past their time', () => {
    const late = secondsAfterNoon(HOLD_SECONDS);
    const lapsed = ['A1', 'A2', 'A3'];
    it('the same seats can be had again', () =>
      given(limited, reserved('r0', lapsed))
        .when(reserve(lapsed, { at: late }))
        .then(expired('r0', lapsed, late), reserved('r1', lapsed, { at: late })));
    it('other seats can be had: the old hold is expired in the same append', () =>
      given(limited, reserved('r0', lapsed))
        .when(reserve(['B1', 'B2'], { at: late }))
        .then(expired('r0', lapsed, late), reserved('r1', ['B1', 'B2'], { at: late })));
    it('best available likewise', () =>
      given(limited, reserved('r0', lapsed))
        .when(reserveBest({ quantity: 3, category: 'Balcony' }, { at: late }))
        .then(
          expired('r0', lapsed, late),
          reserved('r1', ['C2', 'C3', 'C4'], { at: late, digest: 'best' }),
        ));
    it('are left alone while there is room beside them', () =>
      given(limited, reserved('r0', ['A1', 'A2']))
        .when(reserve(['B1'], { at: late }))
        .then(reserved('r1', ['B1'], { at: late })));
    it('but what is bought still counts', () =>
      given(
        limited,
        reserved('r0', ['A1', 'A2']),
        confirmed('r0', ['A1', 'A2']),
        reserved('r00', ['A3']),
      )
        .when(reserve(['B1', 'B2'], { at: late }))
        .thenRejected(overLimit(2)));
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

  it('is not expired when another seat of the wish is truly taken', () =>
    given(
      opened(),
      reserved('r0', ['A1'], { by: 'bob' }),
      reserved('r00', ['A2'], { by: 'cleo', at: late, expires: late + 1 }),
    )
      .when(reserve(['A1', 'A2'], { at: late }))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['A2'] }));
});

describe('ReserveSeats, best available', () => {
  const held = (...seatIds: string[]) => reserved('r1', seatIds, { digest: 'best' });

  it('picks side by side, nearest to the stage', () =>
    given(opened())
      .when(reserveBest({ quantity: 2 }))
      .then(held('A4', 'A5')));
  it('keeps to the category', () =>
    given(opened())
      .when(reserveBest({ quantity: 2, category: 'Balcony' }))
      .then(held('C3', 'C4')));
  it('refuses a quantity of zero', () =>
    given(opened())
      .when(reserveBest({ quantity: 0 }))
      .thenRejected({ code: 'no-seats-requested' }));
  it('refuses a category that the plan lacks', () =>
    given(opened())
      .when(reserveBest({ quantity: 1, category: 'Moon' }))
      .thenRejected({ code: 'category-unknown', category: 'Moon' }));
  it('refuses when the category is sold out, naming no seat', () =>
    given(opened(), blocked(['C1', 'C2', 'C3']))
      .when(reserveBest({ quantity: 2, category: 'Balcony' }))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: [] }));

  describe('where a category is sold by request only', () => {
    const [stalls, balcony] = rules.prices;
    const byRequest = opened({ prices: [{ ...stalls!, byRequest: true }, balcony!] });
    it('passes over its seats, though they are the nearest', () =>
      given(byRequest)
        .when(reserveBest({ quantity: 2 }))
        .then(held('C3', 'C4')));
    it('refuses when no other seats are left', () =>
      given(byRequest, blocked(['C1', 'C2', 'C3', 'C4']))
        .when(reserveBest({ quantity: 1 }))
        .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: [] }));
    it('gives its seats to those who name the category', () =>
      given(byRequest)
        .when(reserveBest({ quantity: 2, category: 'Stalls' }))
        .then(held('A4', 'A5')));
    it('and to those who name the seats', () =>
      given(byRequest)
        .when(reserve(['A4', 'C4']))
        .then(reserved('r1', ['A4', 'C4'])));
    it('passes over them where holds past their time are looked at too', () =>
      given(
        byRequest,
        reserved('r0', ['A4', 'A5'], { by: 'bob' }),
        blocked(['C1', 'C2', 'C3', 'C4']),
      )
        .when(reserveBest({ quantity: 1 }, { at: secondsAfterNoon(HOLD_SECONDS) }))
        .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: [] }));
  });

  it('refuses a category that has no seats at all', () =>
    given(opened())
      .when(reserveBest({ quantity: 1, category: 'Boxes' }))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: [] }));
  it('takes free seats before it takes those of a hold past its time', () => {
    const late = secondsAfterNoon(HOLD_SECONDS);
    given(opened(), reserved('r0', ['A4', 'A5'], { by: 'bob' }))
      .when(reserveBest({ quantity: 2 }, { at: late }))
      .then(reserved('r1', ['B4', 'B5'], { at: late, digest: 'best' }));
  });
  it('takes those when nothing else is left, and expires only what it takes', () => {
    const late = secondsAfterNoon(HOLD_SECONDS);
    given(
      opened(),
      reserved('r0', ['C1', 'C2'], { by: 'bob' }),
      reserved('r00', ['C3', 'C4'], { by: 'cleo' }),
    )
      .when(reserveBest({ quantity: 2, category: 'Balcony' }, { at: late }))
      .then(
        expired('r00', ['C3', 'C4'], late),
        reserved('r1', ['C3', 'C4'], { at: late, digest: 'best' }),
      );
  });
  it('does not take seats that are held in time', () =>
    given(opened(), reserved('r0', ['C1', 'C2', 'C3', 'C4'], { by: 'bob' }))
      .when(
        reserveBest({ quantity: 1, category: 'Balcony' }, { at: NOON + HOLD_SECONDS * 1_000 - 1 }),
      )
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: [] }));
});

describe('The single-seat rule', () => {
  const strict = opened({ singleSeatRule: 'strict' });
  const lenient = opened({ singleSeatRule: 'lenient' });

  it('off: anything goes', () =>
    given(opened())
      .when(reserve(['A2']))
      .then(reserved('r1', ['A2'])));
  it.each([
    ['strict', strict],
    ['lenient', lenient],
  ])('%s: a pick that needlessly leaves one seat alone is refused and the seat named', (_, rule) =>
    given(rule)
      .when(reserve(['A2']))
      .thenRejected({ code: 'single-seat-left', strandedSeatIds: ['A1'] }),
  );
  const twoLeft = blocked(['A1', 'A2', 'A3', 'A4', 'A5', 'A6']);
  it('strict: refused even when it cannot be avoided', () =>
    given(strict, twoLeft)
      .when(reserve(['A7']))
      .thenRejected({ code: 'single-seat-left', strandedSeatIds: ['A8'] }));
  it('lenient: forgiven when it cannot be avoided', () =>
    given(lenient, twoLeft)
      .when(reserve(['A7']))
      .then(reserved('r1', ['A7'])));
  it('a lapsed hold counts as free seats, since the new hold expires it', () => {
    const late = secondsAfterNoon(HOLD_SECONDS);
    given(strict, reserved('r0', ['A1', 'A2'], { by: 'bob' }))
      .when(reserve(['A2', 'A3'], { at: late }))
      .thenRejected({ code: 'single-seat-left', strandedSeatIds: ['A1'] });
  });
});
