import { given } from '../../../support/seat-inventory/given.js';
import { reserve, reserveBest } from '../../../support/seat-inventory/commands.js';
import {
  confirmed,
  expired,
  opened,
  refunded,
  released,
  reserved,
} from '../../../support/seat-inventory/events.js';
import { HOLD_SECONDS, secondsAfterNoon } from '../../../support/seat-inventory/rules.js';

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
    it('the same seats can be reserved again', () =>
      given(limited, reserved('r0', lapsed))
        .when(reserve(lapsed, { at: late }))
        .then(expired('r0', lapsed, late), reserved('r1', lapsed, { at: late })));
    it('other seats can be reserved: the old hold expires in the same append', () =>
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
