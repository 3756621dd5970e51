import { MAX_EXPIRED_PER_COMMAND } from '../../../../src/domain/seat-inventory/commands.js';
import { decide } from '../../../../src/domain/seat-inventory/decide/decide.js';
import { given, inventoryAfter } from '../../../support/seat-inventory/given.js';
import {
  block,
  cancel,
  close,
  confirm,
  refund,
  reinstate,
  release,
  reserve,
  reserveBest,
  settle,
  startPayment,
  unblock,
  undo,
} from '../../../support/seat-inventory/commands.js';
import {
  cancelled,
  confirmed,
  expired,
  opened,
  paymentStarted,
  refunded,
  released,
  reserved,
  turnedDown,
} from '../../../support/seat-inventory/events.js';
import { secondsAfterNoon } from '../../../support/seat-inventory/rules.js';

const seats = ['A1', 'A2'];
const held = [opened(), reserved('r1', seats)];
const sold = [...held, confirmed('r1', seats)];

describe('CancelSale', () => {
  it('writes down how many sales there are to undo', () =>
    given(
      ...sold,
      reserved('r2', ['B1']),
      reserved('r3', ['C1'], { by: 'bob' }),
      confirmed('r3', ['C1']),
    )
      .when(cancel())
      .then(cancelled(2)));
  it('of an event that nobody has bought has none', () =>
    given(opened()).when(cancel()).then(cancelled(0)));
  it('again changes nothing', () =>
    given(...sold, cancelled(1))
      .when(cancel(secondsAfterNoon(60)))
      .thenNothing());
  it('closes sales too', () =>
    given(...sold, cancelled(1))
      .when(close())
      .thenNothing());
  it('is refused before the event exists', () =>
    given().when(cancel()).thenRejected({ code: 'event-not-found' }));
});

describe('After the cancellation nothing is sold', () => {
  const refusal = { code: 'event-cancelled' } as const;
  it.each([
    ['reserving', reserve(['B1'], { as: 'r2' })],
    ['reserving the best', reserveBest({ quantity: 1 }, { as: 'r2' })],
    ['starting to pay', startPayment('r1')],
    ['confirming', confirm('r1')],
    ['blocking', block(['B1'])],
    ['unblocking', unblock(['B1'])],
  ])('%s is refused', (_, command) =>
    given(...held, cancelled(0))
      .when(command)
      .thenRejected(refusal),
  );
  it('starting to pay is refused also where it was started before', () =>
    given(...held, paymentStarted('r1', secondsAfterNoon(800)), cancelled(0))
      .when(startPayment('r1'))
      .thenRejected(refusal));
  it('a payment under way is turned down while the hold still stands', () =>
    given(...held, cancelled(0))
      .when(settle('r1'))
      .then(turnedDown('r1', 'sale-cancelled')));
  it('a payment that comes after the hold expired is turned down', () =>
    given(...held, expired('r1', seats), cancelled(0))
      .when(settle('r1'))
      .then(turnedDown('r1', 'sale-cancelled')));
  it('an expired hold is not reinstated', () =>
    given(...held, expired('r1', seats), cancelled(0))
      .when(reinstate('r1'))
      .thenRejected(refusal));
  it('the payment of a sale from before changes nothing', () =>
    given(...sold, cancelled(1))
      .when(settle('r1'))
      .thenNothing());
  it('the same request again is answered as before', () =>
    given(...held, cancelled(0))
      .when(reserve(seats))
      .thenNothing());
  it('a hold may be given back', () =>
    given(...held, cancelled(0))
      .when(release('r1'))
      .then(released('r1', seats)));
  it('a refund that the organiser asks for is one of the cancellation', () =>
    given(...sold, cancelled(1))
      .when(refund('r1'))
      .then(refunded('r1', seats, { because: 'event-cancelled' })));
});

describe('UndoSales', () => {
  it('gives back holds and sales, in the order in which they were made', () =>
    given(
      ...sold,
      reserved('r2', ['B1'], { by: 'bob' }),
      expired('r2', ['B1']),
      reserved('r3', ['C1']),
      cancelled(1),
    )
      .when(undo())
      .then(refunded('r1', seats, { because: 'event-cancelled' }), released('r3', ['C1'])));
  it('changes nothing where nothing is left', () =>
    given(...sold, cancelled(1), refunded('r1', seats, { because: 'event-cancelled' }))
      .when(undo())
      .thenNothing());
  it('changes nothing of an event that takes place', () =>
    given(...sold)
      .when(undo())
      .thenNothing());
  it('is refused before the event exists', () =>
    given().when(undo()).thenRejected({ code: 'event-not-found' }));
  it('takes as many as fit one append, and the others the next time', () => {
    const crowd = Array.from({ length: MAX_EXPIRED_PER_COMMAND + 1 }, (_, at) => `r${at}`);
    // Each has the seat that the one before has given back: what matters is how many there are.
    const story = crowd.flatMap((id) => [reserved(id, ['A1'], { by: id })]);
    const decision = decide(undo(), inventoryAfter([opened(), ...story, cancelled(0)]));
    expect(decision.accepted && decision.events).toHaveLength(MAX_EXPIRED_PER_COMMAND);
  });
});
