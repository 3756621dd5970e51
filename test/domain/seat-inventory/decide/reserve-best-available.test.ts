import { given } from '../../../support/seat-inventory/given.js';
import { reserve, reserveBest } from '../../../support/seat-inventory/commands.js';
import { blocked, expired, opened, reserved } from '../../../support/seat-inventory/events.js';
import {
  HOLD_SECONDS,
  NOON,
  rules,
  secondsAfterNoon,
} from '../../../support/seat-inventory/rules.js';

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
