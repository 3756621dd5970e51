import { given } from '../../../support/seat-inventory/given.js';
import { confirm, moveOnSale, open, reserve } from '../../../support/seat-inventory/commands.js';
import {
  cancelled,
  closed,
  confirmed,
  onSaleMoved,
  opened,
  reserved,
} from '../../../support/seat-inventory/events.js';
import { secondsAfterNoon } from '../../../support/seat-inventory/rules.js';

describe('MoveOnSale', () => {
  const later = '2026-06-11T12:00:30.000Z';
  it('puts the opening of the sale off', () =>
    given(opened()).when(moveOnSale(later)).then(onSaleMoved(later)));
  it('to the time that it has anyway changes nothing', () =>
    given(opened({ onSaleAt: later }))
      .when(moveOnSale(later))
      .thenNothing());
  it('from then on decides who may reserve, to the millisecond', () => {
    given(opened(), onSaleMoved(later))
      .when(reserve(['A1'], { at: secondsAfterNoon(30) - 1 }))
      .thenRejected({ code: 'sales-not-open', onSaleAt: later });
    given(opened(), onSaleMoved(later))
      .when(reserve(['A1'], { at: secondsAfterNoon(30) }))
      .then(reserved('r1', ['A1'], { at: secondsAfterNoon(30) }));
  });
  it('to no time opens the sale at once', () =>
    given(opened({ onSaleAt: later }), onSaleMoved(null))
      .when(reserve(['A1']))
      .then(reserved('r1', ['A1'])));
  it('leaves a hold as it was: it may be paid for', () =>
    given(opened(), reserved('r1', ['A1']), onSaleMoved(later))
      .when(confirm('r1'))
      .then(confirmed('r1', ['A1'])));
  it(
    'does not touch the rules under which the sale was opened: opening it again ' +
      'changes nothing',
    () => given(opened(), onSaleMoved(later)).when(open()).thenNothing(),
  );
  it(
    'is refused before there is a sale, once it is closed, and once the event is ' + 'cancelled',
    () => {
      given().when(moveOnSale()).thenRejected({ code: 'event-not-found' });
      given(opened(), closed()).when(moveOnSale()).thenRejected({ code: 'sales-closed' });
      given(opened(), closed(), cancelled(0))
        .when(moveOnSale())
        .thenRejected({ code: 'event-cancelled' });
    },
  );
});
