import { given } from '../../../support/seat-inventory/given.js';
import {
  confirm,
  refund,
  reinstate,
  release,
  settle,
  startPayment,
} from '../../../support/seat-inventory/commands.js';
import {
  blocked,
  closed,
  confirmed,
  expired,
  opened,
  paymentStarted,
  refunded,
  reinstated,
  released,
  reserved,
  turnedDown,
} from '../../../support/seat-inventory/events.js';
import {
  HOLD_CAP_SECONDS,
  HOLD_SECONDS,
  NOON,
  secondsAfterNoon,
} from '../../../support/seat-inventory/rules.js';

const seats = ['A1', 'A2'];
const held = [opened(), reserved('r1', seats)];
const lapsedAt = secondsAfterNoon(HOLD_SECONDS);
/** r1 is Ann's, and it is … */
const once = {
  held,
  expired: [...held, expired('r1', seats)],
  released: [...held, released('r1', seats)],
  confirmed: [...held, confirmed('r1', seats)],
  refunded: [...held, confirmed('r1', seats), refunded('r1', seats)],
};

describe.each([
  ['StartPayment', startPayment],
  ['ConfirmReservation', confirm],
  ['ReleaseReservation', release],
  ['ReinstateReservation', reinstate],
  ['RefundReservation', refund],
  ['SettlePayment', settle],
] as const)('%s names a reservation', (_, command) => {
  it('is refused before the event exists', () =>
    given().when(command('r1')).thenRejected({ code: 'event-not-found' }));
  it('is refused for a reservation that was never made', () =>
    given(opened()).when(command('r1')).thenRejected({ code: 'reservation-not-found' }));
  it.each(Object.entries(once))(
    'is refused as never made for somebody else’s that is %s',
    (_is, events) =>
      given(...events)
        .when(command('r1', { by: 'bob' }))
        .thenRejected({ code: 'reservation-not-found' }),
  );
});

describe('StartPayment', () => {
  const start = (at: number) => startPayment('r1', { at });

  it('leaves a hold alone that lasts longer than a payment takes', () =>
    given(...held)
      .when(start(NOON))
      .then(paymentStarted('r1', secondsAfterNoon(HOLD_SECONDS))));
  it('gives the payment five minutes from now', () => {
    const at = secondsAfterNoon(500);
    given(...held)
      .when(start(at))
      .then(paymentStarted('r1', secondsAfterNoon(800), at));
  });
  it('never beyond the cap', () => {
    const capped = [opened({ holdCapSeconds: 700 }), reserved('r1', seats)];
    const at = secondsAfterNoon(500);
    given(...capped)
      .when(start(at))
      .then(paymentStarted('r1', secondsAfterNoon(700), at));
  });
  it('lengthens the hold once: a second start changes nothing', () =>
    given(...held, paymentStarted('r1', secondsAfterNoon(800)))
      .when(start(secondsAfterNoon(700)))
      .thenNothing());
  it('is taken after the time is up, while the log holds no expiry', () => {
    const at = secondsAfterNoon(HOLD_SECONDS + 1);
    given(...held)
      .when(start(at))
      .then(paymentStarted('r1', secondsAfterNoon(HOLD_CAP_SECONDS), at));
  });
  it('after cap and all, the hold is no longer than it was', () => {
    const at = secondsAfterNoon(HOLD_CAP_SECONDS + 60);
    given(...held)
      .when(start(at))
      .then(paymentStarted('r1', secondsAfterNoon(HOLD_CAP_SECONDS), at));
  });
  it('is taken after sales have closed: a hold may still be paid', () =>
    given(...held, closed())
      .when(start(NOON))
      .then(paymentStarted('r1', secondsAfterNoon(HOLD_SECONDS))));
  it('changes nothing once confirmed', () =>
    given(...once.confirmed)
      .when(start(NOON))
      .thenNothing());
  it.each(['expired', 'released', 'refunded'] as const)('is refused once %s', (is) =>
    given(...once[is])
      .when(start(NOON))
      .thenRejected({ code: `reservation-${is}` }),
  );
  it('may be asked by the system for anybody', () =>
    given(...held)
      .when(startPayment('r1', { by: null }))
      .then(paymentStarted('r1', secondsAfterNoon(HOLD_SECONDS))));
});

describe('ConfirmReservation', () => {
  it('sells the seats', () =>
    given(...held)
      .when(confirm('r1'))
      .then(confirmed('r1', seats)));
  it('sells them after the time is up, while the log holds no expiry', () => {
    const at = secondsAfterNoon(1e6);
    given(...held)
      .when(confirm('r1', { at }))
      .then(confirmed('r1', seats, { at }));
  });
  it('sells them after sales have closed', () =>
    given(...held, closed())
      .when(confirm('r1'))
      .then(confirmed('r1', seats)));
  it('with the same payment again changes nothing', () =>
    given(...once.confirmed)
      .when(confirm('r1'))
      .thenNothing());
  it('with another payment is refused: somebody paid twice', () =>
    given(...once.confirmed)
      .when(confirm('r1', { paid: 'pay-2' }))
      .thenRejected({ code: 'reservation-confirmed' }));
  it.each(['expired', 'released', 'refunded'] as const)('is refused once %s', (is) =>
    given(...once[is])
      .when(confirm('r1'))
      .thenRejected({ code: `reservation-${is}` }),
  );
  it('is refused when the seats have gone to somebody else: they stay theirs', () =>
    given(...once.expired, reserved('r2', seats, { by: 'bob' }))
      .when(confirm('r1'))
      .thenRejected({ code: 'reservation-expired' }));
});

describe('ReleaseReservation', () => {
  it('gives the seats back', () =>
    given(...held)
      .when(release('r1'))
      .then(released('r1', seats)));
  it('even after payment has started', () =>
    given(...held, paymentStarted('r1', secondsAfterNoon(800)))
      .when(release('r1'))
      .then(released('r1', seats)));
  it.each(['released', 'expired'] as const)('changes nothing once %s', (is) =>
    given(...once[is])
      .when(release('r1'))
      .thenNothing(),
  );
  it('of an old hold leaves the new holder’s seats alone', () =>
    given(...once.released, reserved('r2', seats, { by: 'bob' }))
      .when(release('r1'))
      .thenNothing());
  it.each(['confirmed', 'refunded'] as const)('is refused once %s', (is) =>
    given(...once[is])
      .when(release('r1'))
      .thenRejected({ code: `reservation-${is}` }),
  );
});

describe('ReinstateReservation', () => {
  const at = lapsedAt;
  it.each(['expired', 'released'] as const)(
    'sells the very same seats if they are free, once %s',
    (is) =>
      given(...once[is])
        .when(reinstate('r1', { at }))
        .then(reinstated('r1', seats, at), confirmed('r1', seats, { at })),
  );
  it('is taken after sales have closed: the money came for a hold from before', () =>
    given(...once.expired, closed())
      .when(reinstate('r1'))
      .then(reinstated('r1', seats), confirmed('r1', seats)));
  it('of a released hold whose time is not up is taken too', () =>
    given(...once.released)
      .when(reinstate('r1'))
      .then(reinstated('r1', seats), confirmed('r1', seats)));
  it('with the same payment again changes nothing', () =>
    given(...once.expired, reinstated('r1', seats), confirmed('r1', seats))
      .when(reinstate('r1'))
      .thenNothing());
  it.each([
    ['held', once.held],
    ['confirmed by another payment', [...held, confirmed('r1', seats, { paid: 'pay-0' })]],
    ['refunded', once.refunded],
  ])('is refused while %s', (_, events) =>
    given(...events)
      .when(reinstate('r1'))
      .thenRejected({ code: 'reservation-not-expired' }),
  );
  it.each([
    ['held by somebody else', [reserved('r2', ['A2', 'A3'], { by: 'bob' })]],
    ['sold to somebody else', [reserved('r2', ['A2'], { by: 'bob' }), confirmed('r2', ['A2'])]],
    ['blocked', [blocked(['A2'])]],
  ])('is refused when one of the seats is %s, and names it', (_, since) =>
    given(...once.expired, ...since)
      .when(reinstate('r1'))
      .thenRejected({ code: 'seats-unavailable', unavailableSeatIds: ['A2'] }),
  );
  it('is refused when the customer has reached the limit otherwise', () =>
    given(
      opened({ maxSeatsPerCustomer: 3 }),
      reserved('r1', seats),
      expired('r1', seats),
      reserved('r2', ['B1', 'B2']),
    )
      .when(reinstate('r1'))
      .thenRejected({ code: 'too-many-seats', limit: 3, alreadyYours: 2 }));
});

describe('SettlePayment decides once for each payment', () => {
  it('sells the seats that are held', () =>
    given(...once.held)
      .when(settle('r1'))
      .then(confirmed('r1', seats)));
  it('sells them also past their time, as long as the log has not expired the hold', () =>
    given(...once.held)
      .when(settle('r1', { at: lapsedAt + 1 }))
      .then(confirmed('r1', seats, { at: lapsedAt + 1 })));
  it('sells the same seats when the hold has expired and they are free', () =>
    given(...once.expired)
      .when(settle('r1'))
      .then(reinstated('r1', seats), confirmed('r1', seats)));
  it('turns it down when somebody else has one of them', () =>
    given(...once.expired, reserved('r2', ['A2'], { by: 'bob' }))
      .when(settle('r1'))
      .then(turnedDown('r1', 'seats-lost')));
  it('stays turned down when the seats are free again later', () =>
    given(
      ...once.expired,
      reserved('r2', ['A2'], { by: 'bob' }),
      turnedDown('r1', 'seats-lost'),
      released('r2', ['A2']),
    )
      .when(settle('r1'))
      .thenNothing());
  it('is turned down when the buyer has given the seats back', () =>
    given(...once.released)
      .when(settle('r1'))
      .then(turnedDown('r1', 'released')));
  it.each(['confirmed', 'refunded'] as const)('of another payment is turned down once %s', (is) =>
    given(...once[is])
      .when(settle('r1', { paid: 'pay-2' }))
      .then(turnedDown('r1', 'paid-twice', { paid: 'pay-2' })),
  );
  it.each(['confirmed', 'refunded'] as const)(
    'of the payment that bought them changes nothing once %s',
    (is) =>
      given(...once[is])
        .when(settle('r1'))
        .thenNothing(),
  );
});

describe('RefundReservation', () => {
  it('gives sold seats back', () =>
    given(...once.confirmed)
      .when(refund('r1'))
      .then(refunded('r1', seats)));
  it('again changes nothing, whatever the reason', () =>
    given(...once.refunded)
      .when(refund('r1', { because: 'event-cancelled' }))
      .thenNothing());
  it('of seats since sold to somebody else leaves them alone', () =>
    given(...once.refunded, reserved('r2', seats, { by: 'bob' }), confirmed('r2', seats))
      .when(refund('r1'))
      .thenNothing());
  it.each(['held', 'expired', 'released'] as const)('is refused while %s', (is) =>
    given(...once[is])
      .when(refund('r1'))
      .thenRejected({ code: 'reservation-not-confirmed' }),
  );
});
