import { buildLayout } from '../../../src/domain/seating-plan/build-layout.js';
import { focalPointOf } from '../../../src/domain/seating-plan/focal-point.js';
import { layoutDocument } from '../../../src/domain/seating-plan/layout-document.js';
import { many, plan, row, zone, type Json } from '../../support/seat-inventory/pretix.js';
import { imported, seatAt, VENUE_PLAN } from './layout.fixture.js';

describe('the layout of a plan', () => {
  const read = imported(VENUE_PLAN);
  const layout = buildLayout(read, 'the-hash');

  it('numbers the seats in plan order', () => {
    expect(layout.seatCount).toBe(8);
    expect(layout.seatIds).toEqual([
      'S-1-1',
      'S-1-2',
      'S-1-3',
      'S-1-4',
      'S-1-5',
      'B-1-1',
      'B-1-2',
      'B-2-1',
    ]);
    expect(layout.seatIds.map((seatId) => layout.indexOf.get(seatId))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  it('knows section, row, category and place of each seat', () => {
    expect(layout.sections).toEqual(['Stalls', 'Balcony']);
    expect([...layout.sectionOf]).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    expect(layout.rows).toEqual(['A', 'A', 'B']);
    expect([...layout.rowOf]).toEqual([0, 0, 0, 0, 0, 1, 1, 2]);
    expect([...layout.categoryOf]).toEqual([0, 0, 0, 0, 0, 0, 1, 0]);
    expect([...layout.y]).toEqual([0, 0, 0, 0, 0, 100, 100, 110]);
    expect([layout.hash, layout.name]).toEqual(['the-hash', 'House']);
  });

  it('ends a run at an aisle and at the end of a row', () => {
    expect([...layout.runStart]).toEqual([0, 3, 5, 7, 8]);
    expect([...layout.runOf]).toEqual([0, 0, 0, 1, 1, 2, 2, 3]);
  });

  it.each([
    ['an even row', [0, 10, 20, 30], 1],
    ['a gap just below an aisle', [0, 10, 20, 37.5, 47.5], 1],
    ['an aisle', [0, 10, 20, 37.6, 47.6], 2],
    ['two aisles', [0, 10, 30, 40, 60, 70], 3],
    ['two seats far apart, which may be a wide row of two', [0, 500], 1],
    ['a pair and a seat beyond an aisle', [0, 10, 40], 2],
    ['a row that stands still', [5, 5, 5], 1],
  ])('cuts %s into runs', (_, xs, runs) => {
    const drawn = plan([zone([row(xs.map((x, at) => seatAt(String(at), x, 0)))])]);
    expect(buildLayout(imported(drawn), 'h').runStart).toHaveLength(runs + 1);
  });

  it('measures the distance of each seat to the focal point, so that sums are exact', () => {
    expect(focalPointOf(read)).toEqual({ x: 30, y: -40 });
    expect(layout.focalDistance[0]).toBeCloseTo(50, 3);
    const uneven = plan([zone([row(many(999, (at) => seatAt(String(at), at * 10.37, at % 7)))])], {
      focalPoint: { x: -0.3, y: 3 },
    });
    const distances = [...buildLayout(imported(uneven), 'h').focalDistance];
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(distances)).toBe(sum(distances.toReversed()));
  });

  it.each([
    ['what the plan says', { focalPoint: { x: 7, y: 8 } }, { text: 'Stage' }, { x: 7, y: 8 }],
    ['the middle of the stage', {}, { text: 'Main stage' }, { x: 30, y: -40 }],
    ['the middle of a turned stage', {}, { text: 'Stage', rotation: 90 }, { x: 0, y: -30 }],
    ['a court', {}, { text: 'COURT 1' }, { x: 30, y: -40 }],
    [
      'the middle of a round ring',
      {},
      { text: { text: 'Ring' }, shape: 'circle', circle: { radius: 5 } },
      { x: 10, y: -50 },
    ],
    [
      'the middle of a pitch with corners',
      {},
      {
        text: { text: 'pitch' },
        shape: 'polygon',
        polygon: {
          points: [
            { x: 0, y: 0 },
            { x: 8, y: 4 },
          ],
        },
      },
      { x: 14, y: -48 },
    ],
    [
      'a text where the screen is',
      {},
      { shape: 'text', text: { text: 'Screen', position: { x: 1, y: 1 } } },
      { x: 11, y: -49 },
    ],
    ['the middle of everything, for a bar', {}, { text: 'Bar' }, { x: 27.5, y: 30 }],
    [
      'the middle of everything, for what only sounds like a stage',
      {},
      { text: 'Backstage' },
      { x: 27.5, y: 30 },
    ],
  ])('looks at %s', (_, more, area, point) => {
    const given = structuredClone(VENUE_PLAN) as { zones: { areas: Json[] }[] };
    Object.assign(given.zones[0]!.areas[0]!, area);
    const { x, y } = focalPointOf(imported({ ...given, ...more }));
    expect([Math.round(x * 1e6) / 1e6, Math.round(y * 1e6) / 1e6]).toEqual([point.x, point.y]);
  });

  it('is drawn from one column per property, in plan order', () => {
    const document = layoutDocument(layout, read);
    expect(JSON.parse(JSON.stringify(document))).toEqual({
      hash: 'the-hash',
      name: 'House',
      size: { width: 95, height: 150 },
      focalPoint: { x: 30, y: -40 },
      seatCount: 8,
      categories: [expect.objectContaining({ name: 'A' }), { name: 'B', color: '#00ff00' }],
      sections: ['Stalls', 'Balcony'],
      rows: ['A', 'A', 'B'],
      areas: [
        expect.objectContaining({
          shape: 'rectangle',
          x: 10,
          y: -50,
          width: 40,
          height: 20,
          text: 'Main stage',
        }),
      ],
      seats: {
        id: layout.seatIds,
        section: [0, 0, 0, 0, 0, 1, 1, 1],
        row: [0, 0, 0, 0, 0, 1, 1, 2],
        number: ['1', '1', '1', '1', '1', '1', '1', '1'],
        category: [0, 0, 0, 0, 0, 0, 1, 0],
        x: [0, 10, 20, 45, 55, 0, 10, 0],
        y: [0, 0, 0, 0, 0, 100, 100, 110],
      },
      runStart: [0, 3, 5, 7, 8],
    });
  });
});
