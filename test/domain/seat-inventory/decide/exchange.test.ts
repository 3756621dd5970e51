import { given } from '../../../support/seat-inventory/given.js';
import { exchange, refund, reserve, settle } from '../../../support/seat-inventory/commands.js';
import {
  blocked,
  cancelled,
  closed,
  confirmed,
  exchanged,
  expired,
  opened,
  refunded,
  released,
  reserved,
  turnedDown,
} from '../../../support/seat-inventory/events.js';
import { HOLD_SECONDS, secondsAfterNoon } from '../../../support/seat-inventory/rules.js';

/** Ann has two seats in the stalls, 50.00 each; a seat in row C costs 30.00. */
const seats = ['A1', 'A2'];
const held = [opened(), reserved('r1', seats)];
const sold = [...held, confirmed('r1', seats)];
const late = secondsAfterNoon(HOLD_SECONDS);
const more = (cents: number) => ({ amountMinor: cents, currency: 'EUR' });

describe('ExchangeSeats', () => {
  it('gives other seats of the same price for those of a sale, in one domain event', () =>
    given(...sold)
      .when(exchange('r1', ['B1', 'B2']))
      .then(exchanged('r1', seats, ['B1', 'B2'])));
  it('gives cheaper seats; both totals are on record', () =>
    given(...sold)
      .when(exchange('r1', ['C1', 'C2']))
      .then(exchanged('r1', seats, ['C1', 'C2'])));
  it('gives fewer seats', () =>
    given(...sold)
      .when(exchange('r1', ['A2']))
      .then(exchanged('r1', seats, ['A2'])));
  it('leaves seats that are in both with the buyer', () =>
    given(...sold)
      .when(exchange('r1', ['A2', 'A3']))
      .then(exchanged('r1', seats, ['A2', 'A3'])));
  it('again changes nothing, in whatever order the seats are named', () =>
    given(...sold, exchanged('r1', seats, ['B1', 'B2']))
      .when(exchange('r1', ['B2', 'B1']))
      .thenNothing());
  it('can go back and forth', () =>
    given(...sold, exchanged('r1', seats, ['C1', 'C2']), exchanged('r1', ['C1', 'C2'], ['B1']))
      .when(exchange('r1', ['C3']))
      .then(exchanged('r1', ['B1'], ['C3'])));
  it('is taken after sales have closed: nobody new comes in', () =>
    given(...sold, closed())
      .when(exchange('r1', ['B1', 'B2']))
      .then(exchanged('r1', seats, ['B1', 'B2'])));
  it('frees the old seats for anybody', () =>
    given(...sold, exchanged('r1', seats, ['B1', 'B2']))
      .when(reserve(seats, { as: 'r2', by: 'bob' }))
      .then(reserved('r2', seats, { by: 'bob' })));
  it('a refund later gives back what was got in exchange', () =>
    given(...sold, exchanged('r1', seats, ['B1']))
      .when(refund('r1'))
      .then(refunded('r1', ['B1'])));

  describe('takes seats', () => {
    it('whose hold is past its time: the expiry is in the same append', () =>
      given(...sold, reserved('r2', ['B1', 'B2'], { by: 'bob' }))
        .when(exchange('r1', ['B1', 'A2'], { at: late }))
        .then(
          expired('r2', ['B1', 'B2'], late),
          exchanged('r1', seats, ['B1', 'A2'], { at: late }),
        ));
    it('but not those that somebody holds, owns or that are blocked: nothing changes at all', () =>
      given(
        ...sold,
        reserved('r2', ['B1'], { by: 'bob' }),
        reserved('r3', ['B2'], { by: 'bob' }),
        confirmed('r3', ['B2']),
        blocked(['C1']),
      )
        .when(exchange('r1', ['A2', 'B1', 'B2', 'C1']))
        .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['B1', 'B2', 'C1'] }));
    it('not those that the same customer has by another reservation', () =>
      given(...sold, reserved('r2', ['B1']))
        .when(exchange('r1', ['B1']))
        .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['B1'] }));
  });

  describe('counts the limit as if the old seats were given back', () => {
    const limited = [
      opened({ maxSeatsPerCustomer: 3 }),
      reserved('r1', seats),
      confirmed('r1', seats),
    ];
    it('so that as many again are always allowed', () =>
      given(...limited, reserved('r2', ['C1']))
        .when(exchange('r1', ['B1', 'B2']))
        .then(exchanged('r1', seats, ['B1', 'B2'])));
    it('and refuses more', () =>
      given(...limited, reserved('r2', ['C1']))
        .when(exchange('r1', ['B1', 'B2', 'C2']))
        .thenRejected({ code: 'too-many-seats', limit: 3, alreadyYours: 1 }));
    it('but an own hold past its time makes room', () =>
      given(...limited, reserved('r2', ['C1']))
        .when(exchange('r1', ['C2', 'C3', 'C4'], { at: late }))
        .then(
          expired('r2', ['C1'], late),
          exchanged('r1', seats, ['C2', 'C3', 'C4'], { at: late }),
        ));
  });

  describe('keeps the single-seat rule of the event', () => {
    const strict = [
      opened({ singleSeatRule: 'strict' }),
      reserved('r1', ['C1']),
      confirmed('r1', ['C1']),
    ];
    it('for the seats that are taken', () =>
      given(...strict)
        .when(exchange('r1', ['C3']))
        .thenRejected({ code: 'single-seat-left', strandedSeatIds: ['C4'] }));
    it('for the seats that are given back', () =>
      given(
        opened({ singleSeatRule: 'strict' }),
        reserved('r1', ['C1', 'C2', 'C3', 'C4']),
        confirmed('r1', ['C1', 'C2', 'C3', 'C4']),
      )
        .when(exchange('r1', ['C1', 'C2', 'C3']))
        .thenRejected({ code: 'single-seat-left', strandedSeatIds: ['C4'] }));
    it('and blames nobody for a seat that was alone before', () =>
      given(
        opened({ singleSeatRule: 'strict' }),
        reserved('r1', ['C1', 'C2', 'C3']),
        confirmed('r1', ['C1', 'C2', 'C3']),
        reserved('r2', ['A1', 'A2', 'A3'], { by: 'bob' }),
      )
        .when(exchange('r1', ['C3', 'C2', 'C1', 'B1']))
        .thenRejected({ code: 'payment-required', difference: more(5_000) }));
  });

  it.each([
    ['none', [], { code: 'no-seats-requested' }],
    ['one twice', ['B1', 'B1'], { code: 'seats-repeated', seatIds: ['B1'] }],
    ['one that the plan lacks', ['Z9'], { code: 'seats-unknown', seatIds: ['Z9'] }],
  ] as const)('is refused when of the new seats there is %s', (_, wanted, rejection) =>
    given(...sold)
      .when(exchange('r1', wanted))
      .thenRejected(rejection),
  );
  it.each([
    ['held', held],
    ['expired', [...held, expired('r1', seats)]],
    ['released', [...held, released('r1', seats)]],
    ['refunded', [...sold, refunded('r1', seats)]],
  ])('is refused while %s: it is of sales only', (_, events) =>
    given(...events)
      .when(exchange('r1', ['B1', 'B2']))
      .thenRejected({ code: 'reservation-not-confirmed' }),
  );
  it('is refused once the event is cancelled', () =>
    given(...sold, cancelled(1))
      .when(exchange('r1', ['B1', 'B2']))
      .thenRejected({ code: 'event-cancelled' }));
  it('is refused before the event exists, and for what was never reserved', () => {
    given()
      .when(exchange('r1', ['B1']))
      .thenRejected({ code: 'event-not-found' });
    given(opened())
      .when(exchange('r1', ['B1']))
      .thenRejected({ code: 'reservation-not-found' });
    given(...sold)
      .when(exchange('r1', ['B1'], { by: 'bob' }))
      .thenRejected({ code: 'reservation-not-found' });
  });
});

describe('ExchangeSeats for dearer seats', () => {
  const wanted = ['A1', 'A2', 'C1'];
  it('is refused without a payment, and tells the difference', () =>
    given(...sold)
      .when(exchange('r1', wanted))
      .thenRejected({ code: 'payment-required', difference: more(3_000) }));
  it('is done for a payment of exactly the difference, which is on record', () =>
    given(...sold)
      .when(exchange('r1', wanted, { paid: 'pay-2', cents: 3_000 }))
      .then(exchanged('r1', seats, wanted, { paid: 'pay-2' })));
  it('the same payment again changes nothing, whatever has happened since', () => {
    const done = [...sold, exchanged('r1', seats, wanted, { paid: 'pay-2' })];
    const again = exchange('r1', wanted, { paid: 'pay-2', cents: 3_000 });
    given(...done)
      .when(again)
      .thenNothing();
    given(...done, exchanged('r1', wanted, ['B1']))
      .when(again)
      .thenNothing();
    given(...done, refunded('r1', wanted))
      .when(again)
      .thenNothing();
  });
  it('a payment that bought an exchange is not taken for one of the seats', () =>
    given(...sold, exchanged('r1', seats, wanted, { paid: 'pay-2' }))
      .when(settle('r1', { paid: 'pay-2' }))
      .thenNothing());

  describe('turns the payment down, for good, and leaves the sale as it is', () => {
    const paid = { paid: 'pay-2', cents: 3_000 };
    it.each([
      ['a seat has gone meanwhile', [reserved('r2', ['C1'], { by: 'bob' })]],
      ['it was exchanged for seats of another price meanwhile', [exchanged('r1', seats, ['C2'])]],
      ['it has these seats already', [exchanged('r1', seats, wanted, { paid: 'pay-3' })]],
      ['it was refunded meanwhile', [refunded('r1', seats)]],
    ])('when %s', (_, since) =>
      given(...sold, ...since)
        .when(exchange('r1', wanted, paid))
        .then(turnedDown('r1', 'exchange-refused', { paid: 'pay-2' })),
    );
    it('when the event was cancelled meanwhile', () =>
      given(...sold, cancelled(1))
        .when(exchange('r1', wanted, paid))
        .then(turnedDown('r1', 'sale-cancelled', { paid: 'pay-2' })));
    it('also when the seats are free again later', () =>
      given(
        ...sold,
        reserved('r2', ['C1'], { by: 'bob' }),
        turnedDown('r1', 'exchange-refused', { paid: 'pay-2' }),
        released('r2', ['C1']),
      )
        .when(exchange('r1', wanted, paid))
        .thenNothing());
    it('when it is in another currency', () => {
      const inDollars = { reference: 'pay-2', amount: { amountMinor: 3_000, currency: 'USD' } };
      given(...sold)
        .when({ ...exchange('r1', wanted), payment: inDollars })
        .then(turnedDown('r1', 'exchange-refused', { paid: 'pay-2' }));
    });
  });
});
