import { createHash } from 'node:crypto';
import { buildLayout } from '../../../src/domain/seating-plan/build-layout.js';
import {
  canonicalPlanJson,
  parseCanonicalPlan,
} from '../../../src/domain/seating-plan/canonical.js';
import { focalPointOf, isLookedAt } from '../../../src/domain/seating-plan/focal-point.js';
import { importSeatingPlan, type SeatingPlan } from '../../../src/domain/seating-plan/import.js';
import { layoutDocument } from '../../../src/domain/seating-plan/layout-document.js';
import { placeOf, placeText } from '../../../src/domain/seating-plan/place.js';
import { repeatedLabels } from '../../../src/domain/seating-plan/repeated-labels.js';
import { many, plan, row, seat, zone, type Json } from '../../support/seat-inventory/pretix.js';

/** Two zones, three rows, an aisle in the first row and a stage. */
const HALL = plan(
  [
    zone(
      [
        row(
          [0, 10, 20, 45, 55].map((x, at) => seatAt(`S-1-${at + 1}`, x, 0)),
          { row_number: 'A' },
        ),
      ],
      {
        name: 'Stalls',
        areas: [{ width: 40, height: 20, position: { x: 10, y: -50 }, text: 'Main stage' }],
      },
    ),
    zone(
      [
        row([seatAt('B-1-1', 0, 0), seatAt('B-1-2', 10, 0, { category: 'B' })], {
          row_number: 'A',
        }),
        row([seatAt('B-2-1', 0, 10)], { row_number: 'B' }),
      ],
      { name: 'Balcony', position: { x: 0, y: 100 } },
    ),
  ],
  { categories: [{ name: 'A' }, { name: 'B', color: '#00ff00' }] },
);

describe('the canonical text of a plan', () => {
  it('is read back as the same plan', () => {
    const read = imported(HALL);
    expect(parseCanonicalPlan(canonicalPlanJson(read))).toEqual(read);
    const withFocus = imported({ ...HALL, focalPoint: { x: 1.5, y: -2 } });
    expect(parseCanonicalPlan(canonicalPlanJson(withFocus))).toEqual(withFocus);
  });

  it('is the same whatever the order of keys and the unknown fields', () => {
    const shuffled = reversedKeys({ ...HALL, uuid: 'x', version: '0.0.2' });
    expect(Object.keys(shuffled as Json)[0]).toBe('version');
    expect(canonicalPlanJson(imported(shuffled))).toBe(canonicalPlanJson(imported(HALL)));
  });

  it('is the same after it was stored and read', () => {
    const text = canonicalPlanJson(imported(HALL));
    expect(canonicalPlanJson(parseCanonicalPlan(text))).toBe(text);
  });

  it('never changes: plans are stored under its hash', () => {
    const hash = createHash('sha256')
      .update(canonicalPlanJson(imported(HALL)))
      .digest('hex');
    expect(hash).toBe('78bad887efe939ef96c82a7ea399254226e87f5d092f34df647ffcb17e209f93');
  });

  it.each([
    ['a seat moves', { y: 1 }],
    ['a seat changes its category', { category: 'B' }],
    ['a seat changes its number', { seat_number: '9' }],
    ['a seat changes its name', { seat_guid: 'other' }],
  ])('is another when %s', (_, change) => {
    const { y = 0, ...fields } = change as Json;
    const changed = structuredClone(HALL) as { zones: { rows: { seats: Json[] }[] }[] };
    const first = changed.zones[0]!.rows[0]!.seats[0]!;
    Object.assign(first, fields, { position: { x: 0, y } });
    expect(canonicalPlanJson(imported(changed))).not.toBe(canonicalPlanJson(imported(HALL)));
  });

  it('is refused when it is of a version not known', () => {
    expect(() => parseCanonicalPlan('{"version":99,"zones":[]}')).toThrow('unknown version 99');
  });
});

describe('the layout of a plan', () => {
  const read = imported(HALL);
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
    const given = structuredClone(HALL) as { zones: { areas: Json[] }[] };
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
    const without = imported(HALL);
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

describe('the focal area', () => {
  it.each([
    ...[
      'STAGE',
      'S T A G E',
      's-t-a-g-e',
      'Main stage',
      'Bühne',
      'B Ü H N E',
      'Hauptbühne',
      'Bu\u0308hne',
    ],
    ...[
      'Scène',
      'SCÈNE',
      'Escenario',
      'Palco',
      'Palcoscenico',
      'Podium',
      'Toneel',
      'Scen',
      'Näyttämö',
    ],
    ...[
      'Scena',
      'Jeviště',
      'Javisko',
      'Színpad',
      'Scenă',
      'Сцена',
      'С Ц Е Н А',
      'Σκηνή',
      'Sahne',
      'Skatuve',
    ],
    ...['Pista', 'Leinwand', 'Écran', 'Spielfeld', 'Boisko', 'Campo', 'Court 1', 'Screen', 'Lava'],
    ...[
      '舞台',
      '主舞台',
      '舞 台',
      'ステージ',
      'メインステージ',
      '무대',
      '무 대',
      'スクリーン',
      '銀幕',
      'Ｓｔａｇｅ',
    ],
  ])('%s', (text) => expect(isLookedAt(text)).toBe(true));

  it.each([
    'Backstage',
    'Bar',
    'Entrance',
    'Scenic view',
    'Courtyard',
    'WC',
    'Stagecoach',
    'F O H',
    '',
  ])('is not %s', (text) => expect(isLookedAt(text)).toBe(false));
});

function seatAt(id: string, x: number, y: number, more: Json = {}): Json {
  return seat(id, { position: { x, y }, ...more });
}

function imported(input: unknown): SeatingPlan {
  const answer = importSeatingPlan(input);
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  return answer.plan;
}

function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, field]) => [key, reversedKeys(field)]),
  );
}
