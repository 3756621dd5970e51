import { given } from '../../../support/seat-inventory/given.js';
import { asChange, exchange, refund, withdraw } from '../../../support/seat-inventory/commands.js';
import {
  cancelled,
  confirmed,
  exchanged,
  expired,
  opened,
  refunded,
  reserved,
  turnedDown,
  withdrawn,
} from '../../../support/seat-inventory/events.js';

const seats = ['C1', 'C2'];
const held = [opened(), reserved('r1', seats)];
const sold = [...held, confirmed('r1', seats)];

describe('A refund or exchange that needs tickets to be void', () => {
  it('waits until all of the seats that it takes back are void', () => {
    for (const isVoid of [[], ['C1']]) {
      given(...sold)
        .when(asChange(refund('r1'), 'c1', isVoid))
        .thenNothing();
      given(...sold)
        .when(asChange(exchange('r1', ['C3', 'C4']), 'c1', isVoid))
        .thenNothing();
    }
    given(...sold)
      .when(asChange(refund('r1'), 'c1', seats))
      .then(refunded('r1', seats));
    given(...sold)
      .when(asChange(exchange('r1', ['C2', 'C3']), 'c1', ['C1']))
      .then(exchanged('r1', seats, ['C2', 'C3']));
  });

  it('is refused as before, without voiding any ticket', () => {
    given(...sold)
      .when(asChange(exchange('r1', ['A1', 'C2']), 'c1', []))
      .thenRejected({
        code: 'payment-required',
        difference: { amountMinor: 2_000, currency: 'EUR' },
      });
    given(...held)
      .when(asChange(refund('r1'), 'c1', []))
      .thenRejected({ code: 'reservation-not-confirmed' });
  });

  it('waits with a payment too, which is neither settled nor rejected meanwhile', () => {
    const dearer = exchange('r1', ['A1', 'C2'], { paid: 'pay-2', cents: 2_000 });
    given(...sold)
      .when(asChange(dearer, 'pay-2', []))
      .thenNothing();
    given(...sold)
      .when(asChange(dearer, 'pay-2', ['C1']))
      .then(exchanged('r1', seats, ['A1', 'C2'], { paid: 'pay-2' }));
  });
});

describe('WithdrawSaleChange', () => {
  it('keeps a refund and an exchange from happening later', () => {
    given(...sold, withdrawn('r1', 'c1'))
      .when(asChange(refund('r1'), 'c1', seats))
      .thenNothing();
    given(...sold, withdrawn('r1', 'c1'))
      .when(asChange(exchange('r1', ['C3', 'C4']), 'c1', seats))
      .thenNothing();
    given(...sold, withdrawn('r1', 'c1'))
      .when(asChange(refund('r1'), 'c2', seats))
      .then(refunded('r1', seats));
  });

  it('turns the payment of an exchange down', () =>
    given(...sold, withdrawn('r1', 'pay-2'))
      .when(asChange(exchange('r1', ['A1', 'C2'], { paid: 'pay-2', cents: 2_000 }), 'pay-2', seats))
      .then(turnedDown('r1', 'exchange-refused', { paid: 'pay-2' })));

  it('is written only where the change could still happen to the seat', () => {
    given(...sold)
      .when(withdraw('r1', 'c1', { seatId: 'C1' }))
      .then(withdrawn('r1', 'c1'));
    given(...sold)
      .when(withdraw('r1', 'c1', { seatId: 'C9' }))
      .thenNothing();
    for (const events of [held, [...held, expired('r1', seats)], [...sold, refunded('r1', seats)]])
      given(...events)
        .when(withdraw('r1', 'c1', { seatId: 'C1' }))
        .thenNothing();
    given(...sold, cancelled(1))
      .when(withdraw('r1', 'c1'))
      .then(withdrawn('r1', 'c1'));
    given(opened()).when(withdraw('r1', 'c1')).thenRejected({ code: 'reservation-not-found' });
  });
});
