import { importSeatingPlan } from '../../../../src/domain/seating-plan/import/import.js';
import { many, plan, row, seat, zone, type Json } from '../../../support/seat-inventory/pretix.js';

describe('importing a seating plan', () => {
  it('adds up the positions of zone, row and seat', () => {
    const seats = [
      seat('1', { position: { x: 0.1, y: 0 } }),
      seat('2', { position: { x: 10, y: 2 } }),
    ];
    const given = plan([
      zone([row(seats, { position: { x: 0.2, y: 20 } })], { position: { x: 1_000, y: 500 } }),
    ]);
    expect(seatsOf(given).map(({ x, y }) => [x, y])).toEqual([
      [1_000.3, 520],
      [1_010.2, 522],
    ]);
  });

  it('takes numbers for row and seat numbers, and for the name of a seat', () => {
    const given = plan([zone([row([seat(17, { seat_number: 4 })], { row_number: 12 })])]);
    expect(imported(given).zones[0]!.rows[0]).toMatchObject({
      label: '12',
      seats: [{ id: '17', number: '4' }],
    });
  });

  it('takes a plan without size, colours, zone names, row positions and areas', () => {
    const given = plan(
      [
        {
          position: { x: 5, y: 5 },
          rows: [
            { row_number: 'A', seats: [seat('1'), seat('2', { position: { x: 95, y: 15 } })] },
          ],
        },
      ],
      {
        categories: [{ name: 'A' }, { name: 'Unused', color: 'url(javascript:alert(1))' }],
      },
    );
    expect(imported(given)).toMatchObject({
      size: { width: 140, height: 60 },
      categories: [
        { color: expect.stringMatching(/^#[0-9a-f]{6}$/) },
        { color: expect.stringMatching(/^#[0-9a-f]{6}$/) },
      ],
      zones: [{ name: 'Zone 1', areas: [] }],
    });
  });

  it('names a zone by its id where it has no name', () => {
    expect(
      imported(plan([zone([row([seat('1')])], { name: '', zone_id: 'balcony' })])).zones[0]!.name,
    ).toBe('balcony');
  });

  it('keeps how rows and seats are to be shown, and composes all texts (NFC)', () => {
    const given = plan([
      zone(
        [row([seat('Sitz-ä'.normalize('NFD'))], { row_label: 'Tisch %s', seat_label: 'Platz %s' })],
        {
          name: 'Rängе'.normalize('NFD'),
        },
      ),
    ]);
    expect(imported(given).zones[0]).toMatchObject({
      name: 'Rängе'.normalize('NFC'),
      rows: [
        { rowLabel: 'Tisch %s', seatLabel: 'Platz %s', seats: [{ id: 'Sitz-ä'.normalize('NFC') }] },
      ],
    });
  });

  it('drops rows without seats and fields that it does not know', () => {
    const given = plan(
      [
        zone([row([]), row([seat('1', { radius: 10, uuid: 'u' })], { row_color: 'x' })], {
          uuid: 'z',
        }),
      ],
      { uuid: 'p' },
    );
    expect(imported(given)).toEqual(imported(plan([zone([row([seat('1')])])])));
  });

  it('is not led astray by names that mean something to JavaScript', () => {
    const text = JSON.stringify(
      plan([zone([row([seat('constructor', { category: 'PROTO' })])])]),
    ).replaceAll('PROTO', '__proto__');
    const given = JSON.parse(text) as Json;
    given.categories = [{ name: '__proto__' }];
    expect(seatsOf(given)).toEqual([expect.objectContaining({ id: 'constructor', category: 0 })]);
    expect(importSeatingPlan(JSON.parse('{"__proto__": {"name": "x"}}')).ok).toBe(false);
    expect(({} as Json).name).toBeUndefined();
  });

  it('keeps areas of both forms of the format, moved to absolute positions', () => {
    const areas = [
      { width: 40, height: 20, position: { x: 1, y: 2 }, color: '#123456', text: 'Stage' },
      { shape: 'circle', circle: { radius: 5 }, position: { x: 3, y: 3 }, border_color: 'red' },
      { shape: 'ellipse', ellipse: { radius: { x: 5, y: 6 } }, rotation: 45 },
      {
        shape: 'polygon',
        polygon: {
          points: [
            { x: 0, y: 0 },
            { x: 4, y: 0 },
            { x: 0, y: 4 },
          ],
        },
        position: { x: 0, y: 0 },
      },
      {
        shape: 'text',
        text: { text: 'Exit', position: { x: 1, y: 1 }, size: 12, color: '#000000' },
        position: { x: 9, y: 9 },
      },
      { shape: 'hologram', position: { x: 0, y: 0 } },
    ];
    const given = plan([zone([row([seat('1')])], { position: { x: 100, y: 200 }, areas })]);
    expect(imported(given).zones[0]!.areas).toEqual([
      expect.objectContaining({
        shape: 'rectangle',
        x: 101,
        y: 202,
        width: 40,
        height: 20,
        text: 'Stage',
        textAt: { x: 20, y: 10 },
      }),
      expect.objectContaining({
        shape: 'ellipse',
        x: 103,
        y: 203,
        width: 10,
        height: 10,
        borderColor: 'red',
      }),
      expect.objectContaining({
        shape: 'ellipse',
        x: 100,
        y: 200,
        width: 10,
        height: 12,
        rotation: 45,
      }),
      expect.objectContaining({
        shape: 'polygon',
        points: [
          { x: 0, y: 0 },
          { x: 4, y: 0 },
          { x: 0, y: 4 },
        ],
      }),
      expect.objectContaining({
        shape: 'text',
        x: 109,
        y: 209,
        text: 'Exit',
        textSize: 12,
        textColor: '#000000',
      }),
    ]);
  });

  it('puts the seats of a row in the order in which they stand, if the list jumps about', () => {
    const xs = [100, 90, 110, 80, 120, 70, 130];
    const seats = xs.map((x) => seat(String(x), { position: { x, y: 0 } }));
    expect(seatsOf(plan([zone([row(seats)])])).map(({ x }) => x)).toEqual([
      70, 80, 90, 100, 110, 120, 130,
    ]);
  });

  it.each([
    ['from right to left', [30, 20, 10, 0].map((x) => ({ x, y: 0 }))],
    [
      'around a table',
      [
        { x: 0, y: 0 },
        { x: 10, y: 0 },
        { x: 10, y: 10 },
        { x: 0, y: 10 },
      ],
    ],
    [
      'along a horseshoe',
      many(9, (at) => ({ x: 50 * Math.cos(at / 2), y: 50 * Math.sin(at / 2) })),
    ],
    ['all in one place', many(4, () => ({ x: 1, y: 1 }))],
  ])('leaves a row as it is that runs %s', (_, positions) => {
    const seats = positions.map((position, at) => seat(String(at), { position }));
    expect(seatsOf(plan([zone([row(seats)])])).map(({ id }) => id)).toEqual(
      seats.map((_seat, at) => String(at)),
    );
  });
});

function imported(input: unknown) {
  const answer = importSeatingPlan(input);
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  return answer.plan;
}

function seatsOf(input: unknown) {
  return imported(input).zones.flatMap(({ rows }) => rows.flatMap(({ seats }) => seats));
}
