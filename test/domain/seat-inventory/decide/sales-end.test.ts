import { given } from '../../../support/seat-inventory/given.js';
import {
  confirm,
  exchange,
  moveSalesEnd,
  open,
  reserve,
  reserveBest,
  settle,
  startPayment,
} from '../../../support/seat-inventory/commands.js';
import {
  cancelled,
  confirmed,
  exchanged,
  expired,
  opened,
  paymentStarted,
  reinstated,
  reserved,
  salesEndMoved,
} from '../../../support/seat-inventory/events.js';
import { secondsAfterNoon } from '../../../support/seat-inventory/rules.js';

const salesEndAt = '2026-06-11T12:01:00.000Z';
const end = secondsAfterNoon(60);
const sale = opened({ salesEndAt });
const over = { code: 'event-over', salesEndAt } as const;

describe('An event that is over', () => {
  it('is sold until the last millisecond', () =>
    given(sale)
      .when(reserve(['A1'], { at: end - 1 }))
      .then(reserved('r1', ['A1'], { at: end - 1 })));
  it('is not sold any more, by seat or as best available', () => {
    given(sale)
      .when(reserve(['A1'], { at: end }))
      .thenRejected(over);
    given(sale)
      .when(reserveBest({ quantity: 1 }, { at: end }))
      .thenRejected(over);
  });
  it('answers a repeated reservation as before', () =>
    given(sale, reserved('r1', ['A1']))
      .when(reserve(['A1'], { at: end }))
      .thenNothing());
  it('takes no first payment, and settles one that is under way', () => {
    const held = [sale, reserved('r1', ['A1'])];
    given(...held)
      .when(startPayment('r1', { at: end }))
      .thenRejected(over);
    const paying = [...held, paymentStarted('r1', secondsAfterNoon(600))];
    given(...paying)
      .when(startPayment('r1', { at: end }))
      .thenNothing();
    given(...paying)
      .when(settle('r1', { at: end }))
      .then(confirmed('r1', ['A1'], { at: end }));
    given(...paying)
      .when(confirm('r1', { at: end }))
      .then(confirmed('r1', ['A1'], { at: end }));
    const late = secondsAfterNoon(700);
    given(...paying, expired('r1', ['A1'], late))
      .when(settle('r1', { at: late }))
      .then(reinstated('r1', ['A1'], late), confirmed('r1', ['A1'], { at: late }));
  });
  it('can still be exchanged by the organizer', () =>
    given(sale, reserved('r1', ['A1']), confirmed('r1', ['A1']))
      .when(exchange('r1', ['A2'], { at: end }))
      .then(exchanged('r1', ['A1'], ['A2'], { at: end })));
  it('is sold again once it is postponed', () =>
    given(sale, salesEndMoved('2026-06-12T12:01:00.000Z'))
      .when(reserve(['A1'], { at: end }))
      .then(reserved('r1', ['A1'], { at: end })));
});

describe('MoveSalesEnd', () => {
  it('sets the end of an older sale that has none', () => {
    given(opened()).when(moveSalesEnd(salesEndAt)).then(salesEndMoved(salesEndAt));
    given(opened(), salesEndMoved(salesEndAt))
      .when(reserve(['A1'], { at: end }))
      .thenRejected(over);
  });
  it('to the same time changes nothing, nor does opening the sale again', () => {
    given(sale).when(moveSalesEnd(salesEndAt)).thenNothing();
    given(sale, salesEndMoved('2026-06-12T12:01:00.000Z')).when(open({ salesEndAt })).thenNothing();
    given(opened()).when(open({ salesEndAt })).thenNothing();
  });
  it('is written also once the event is canceled', () =>
    given(sale, cancelled(0))
      .when(moveSalesEnd('2026-06-12T12:01:00.000Z'))
      .then(salesEndMoved('2026-06-12T12:01:00.000Z')));
});
