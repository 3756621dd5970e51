import { buildLayout } from '../../../../src/domain/seating-plan/build-layout.js';
import {
  canonicalPlanJson,
  parseCanonicalPlan,
} from '../../../../src/domain/seating-plan/canonical.js';
import { layoutDocument } from '../../../../src/domain/seating-plan/layout-document.js';
import { placeOf, placeText } from '../../../../src/domain/seating-plan/place.js';
import { repeatedLabels } from '../../../../src/domain/seating-plan/import/repeated-labels.js';
import { plan, row, zone } from '../../../support/seat-inventory/pretix.js';
import { imported, seatAt, VENUE_PLAN } from '../layout.fixture.js';

describe('labels of a plan', () => {
  const labeled = plan([
    zone([
      row([seatAt('a', 0, 0, { seat_number: '7' }), seatAt('b', 10, 0, { seat_number: '8' })], {
        ...{ row_number: '3', row_label: 'Table %s', seat_label: 'Chair %s' },
      }),
      row([seatAt('c', 0, 20)], { row_number: 'B' }),
    ]),
  ]);
  const read = imported(labeled);
  const layout = buildLayout(read, 'h');

  it('stand in its canonical text', () => {
    expect(parseCanonicalPlan(canonicalPlanJson(read))).toEqual(read);
  });

  it('are shown in place of row and seat, where a row has them', () => {
    expect(placeOf(layout, 1)).toMatchObject({
      ...{ row: '3', number: '8', rowLabel: 'Table 3', seatLabel: 'Chair 8' },
    });
    expect([0, 1, 2].map((at) => placeText(placeOf(layout, at)))).toEqual([
      'Z, Table 3, Chair 7',
      'Z, Table 3, Chair 8',
      'Z, row B, seat 1',
    ]);
    expect(layoutDocument(layout, read)).toMatchObject({
      rowLabels: ['Table %s', null],
      seatLabels: ['Chair %s', null],
    });
    const without = imported(VENUE_PLAN);
    expect(layoutDocument(buildLayout(without, 'h'), without)).not.toHaveProperty('rowLabels');
  });

  it('cause a warning if several seats have the same', () => {
    expect(repeatedLabels(read)).toEqual([]);
    const twice = plan([
      zone([row([seatAt('a', 0, 0), seatAt('b', 9, 0)]), row([seatAt('c', 0, 9)])]),
    ]);
    expect(repeatedLabels(imported(twice))).toEqual([
      {
        ...{ code: 'labels-repeated', label: 'Z, row 1, seat 1', seatIds: ['a', 'b', 'c'] },
        detail:
          '3 seats are shown as "Z, row 1, seat 1". Give them different rows, numbers or labels.',
      },
    ]);
  });
});
