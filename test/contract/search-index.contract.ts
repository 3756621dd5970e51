import { keyOf } from '../../src/domain/search/document.js';
import { readText } from '../../src/domain/search/query.js';
import type { EventSearch, SearchIndex } from '../../src/ports/search/search-index.js';
import { documentsOf, SAMPLES, type Sample } from './search-samples.js';

type Query = Omit<Partial<EventSearch>, 'text'> & { readonly q?: string };

const searchOf = ({ q, ...rest }: Query): EventSearch => ({
  ...{ closeness: 'exact', limit: 10, sort: q === undefined ? 'date' : 'relevance' },
  ...rest,
  text: q === undefined ? undefined : readText(q),
});

/** Tests of every search engine. `open` returns one without a set. */
export function describeSearchIndexContract(
  engine: string,
  open: () => Promise<{ index: SearchIndex; stop(): Promise<void> }>,
): void {
  describe(`the search index in ${engine}`, () => {
    let index: SearchIndex;
    let stop: () => Promise<void>;
    const ids = async (asked: Query) =>
      (await index.search(searchOf(asked))).hits.map(({ eventId }) => eventId);

    beforeAll(async () => {
      ({ index, stop } = await open());
      await index.prepare('v1');
      await index.put('v1', documentsOf());
      await index.serve('v1');
    });
    afterAll(() => stop?.());

    it.each<[string, string[]]>([
      ['final', ['e3', 'e2', 'e6']],
      ['spain final', ['e3', 'e6']],
      ['final july', ['e3', 'e2', 'e6']],
      ['mexico', ['e1', 'e2', 'e3']],
      ['Mexico City', ['e1', 'e3', 'e2']],
      ['curacao', ['e2']],
      ['CURAÇAO', ['e2']],
      ['zurich', ['e4', 'e5']],
      ['Zürich', ['e4', 'e5']],
      ['quarter final', ['e2']],
      ['quarterfinal', ['e2']],
      ['quarter-final', ['e2']],
      ['mercedes benz', ['e4', 'e5']],
      ['mercedes-benz', ['e4', 'e5']],
      ['comedy', ['e5', 'e4']],
      ['cosi fan', ['e4']],
      ['arg', ['e3']],
      ['group a', ['e1']],
      ['11 july', ['e4']],
      ['10 july', ['e2']],
      ['julio', ['e2', 'e4', 'e6', 'e3']],
      ['mexiko', ['e1', 'e2', 'e3']],
      ['tickets argentina', ['e3']],
      ['nothing of the kind', []],
    ])('finds %p as it is', async (q, expected) => {
      expect(await ids({ q })).toEqual(expected);
    });

    it.each<[string, string[]]>([
      ['argentna', ['e3']],
      ['Spian', ['e6', 'e3']],
      ['mexco city', ['e1', 'e2', 'e3']],
      ['curasao', ['e2']],
      ['arrowhed', ['e2', 'e6']],
    ])('finds %p with letters that are wrong', async (q, expected) => {
      expect(await ids({ q })).toEqual([]);
      expect(await ids({ q, closeness: 'typos' })).toEqual(expected);
    });

    it('finds what has some of the words, the most of them first', async () => {
      expect(await ids({ q: 'spain opening ceremony final', closeness: 'typos' })).toEqual([]);
      expect((await ids({ q: 'spain opening ceremony final', closeness: 'some' }))[0]).toBe('e3');
      expect(await ids({ q: 'xyzzy plugh', closeness: 'some' })).toEqual([]);
    });

    it.each<[string, Query, string[]]>([
      ['city', { city: keyOf('zurich') }, ['e4', 'e5']],
      ['country', { country: 'US' }, ['e2', 'e6']],
      ['category', { category: keyOf('OPERA') }, ['e4']],
      ['availability', { availability: 'FEW_LEFT' }, ['e2']],
      ['currency', { currency: 'CHF' }, ['e4', 'e5']],
      ['a price between', { minPrice: 15_000, maxPrice: 25_000, currency: 'USD' }, ['e2']],
      ['a price at least', { minPrice: 90_000 }, ['e3']],
      ['a price at most', { maxPrice: 12_000 }, ['e1', 'e4', 'e5']],
      [
        'no price between the two that there are',
        { minPrice: 10_001, maxPrice: 19_999, currency: 'USD' },
        [],
      ],
      [
        'an instant',
        {
          from: { instant: Date.parse('2027-07-11T01:00:00Z') },
          to: { instant: Date.parse('2027-07-11T17:00:00Z') },
        },
        ['e2', 'e4'],
      ],
      [
        'a day at the venue',
        { from: { local: Date.UTC(2027, 6, 11) }, to: { local: Date.UTC(2027, 6, 12) - 1 } },
        ['e4'],
      ],
      [
        'the day before there',
        { from: { local: Date.UTC(2027, 6, 10) }, to: { local: Date.UTC(2027, 6, 11) - 1 } },
        ['e2'],
      ],
      ['a place', { near: { lat: 47, lon: 8, radiusKm: 100 } }, ['e4', 'e5']],
      ['words and a filter', { q: 'final', country: 'US' }, ['e2', 'e6']],
    ])('filters by %s', async (_, asked, expected) => {
      expect(await ids(asked)).toEqual(expected);
      expect((await index.search(searchOf(asked))).total).toBe(expected.length);
    });

    const sorts: [string, Query, string[]][] = [
      ['date', { sort: 'date' }, ['e1', 'e2', 'e4', 'e6', 'e3', 'e5']],
      ['price', { sort: 'price', currency: 'USD' }, ['e1', 'e2', 'e6', 'e3']],
      ['name', { sort: 'name' }, ['e5', 'e4', 'e2', 'e1', 'e3', 'e6']],
      [
        'distance',
        { sort: 'distance', near: { lat: 39, lon: -94, radiusKm: 20_000 } },
        ['e2', 'e6', 'e1', 'e3', 'e4', 'e5'],
      ],
      ['relevance', { q: 'mexico' }, ['e1', 'e2', 'e3']],
      ['date what has a word', { q: 'mexico', sort: 'date' }, ['e1', 'e2', 'e3']],
      [
        'price what has a word',
        { q: 'mexico', sort: 'price', currency: 'USD' },
        ['e1', 'e2', 'e3'],
      ],
      ['name what has a word', { q: 'mexico', sort: 'name' }, ['e2', 'e1', 'e3']],
      [
        'distance what has a word',
        { q: 'mexico', sort: 'distance', near: { lat: 39, lon: -94, radiusKm: 20_000 } },
        ['e2', 'e1', 'e3'],
      ],
    ];
    it.each(sorts)('sorts by %s, whole and page by page', async (_, asked, expected) => {
      expect(await ids(asked)).toEqual(expected);
      const paged: string[] = [];
      for (let after: EventSearch['after']; ;) {
        const { hits, total } = await index.search(searchOf({ ...asked, limit: 2, after }));
        expect(total).toBe(expected.length);
        paged.push(...hits.map(({ eventId }) => eventId));
        if (hits.length < 2) break;
        after = JSON.parse(JSON.stringify(hits.at(-1)!.place));
      }
      expect(paged).toEqual(expected);
    });

    it('tells the distance, also where it does not sort by it', async () => {
      const near = { lat: 47.3769, lon: 8.5417, radiusKm: 20_000 };
      for (const sort of ['date', 'distance'] as const) {
        const { hits } = await index.search(searchOf({ near, sort }));
        const km = Object.fromEntries(
          hits.map(({ eventId, distanceKm }) => [eventId, distanceKm!]),
        );
        expect(km['e4']).toBeLessThan(0.1);
        expect(Math.round(km['e1']! / 100)).toBe(97);
      }
    });

    it('counts what there is', async () => {
      expect((await index.search(searchOf({ limit: 1 }))).facets).toEqual({
        cities: [
          { value: 'Kansas City', count: 2 },
          { value: 'Mexico City', count: 2 },
          { value: 'Zürich', count: 2 },
        ],
        categories: [
          { value: 'Football', count: 4 },
          { value: 'Comedy', count: 1 },
          { value: 'Opera', count: 1 },
        ],
        months: [
          { value: '2027-06', count: 1 },
          { value: '2027-07', count: 4 },
          { value: '2027-08', count: 1 },
        ],
        priceBands: expect.arrayContaining([
          { value: 'CHF 2500-4999', count: 1 },
          { value: 'USD 10000-24999', count: 2 },
          { value: 'USD 50000-99999', count: 2 },
          { value: 'USD 100000-249999', count: 1 },
        ]),
        availability: [
          { value: 'AVAILABLE', count: 4 },
          { value: 'FEW_LEFT', count: 1 },
          { value: 'SOLD_OUT', count: 1 },
        ],
      });
      const { facets } = await index.search(searchOf({ q: 'spain' }));
      expect(facets.cities).toEqual([
        { value: 'Kansas City', count: 1 },
        { value: 'Mexico City', count: 1 },
      ]);
    });

    it('suggests while a word is being typed', async () => {
      const suggest = async (q: string, closeness: 'exact' | 'typos' = 'exact') =>
        (await index.suggest(readText(q)!, closeness, 5)).map(({ eventId }) => eventId);
      expect(await suggest('spa')).toEqual(['e6', 'e3']);
      expect(await suggest('com')).toEqual(['e5', 'e4']);
      expect(await suggest('argentnia', 'typos')).toEqual(['e3']);
    });

    it.each([
      '" OR 1=1 --',
      "'; drop table events; --",
      '*:*',
      'a AND (b',
      '\\',
      '&|!():*<->',
      '{"match_all":{}}',
      '/.*/',
      '_exists_:x',
    ])('takes %p for words, or for none', async (q) => {
      if (readText(q) === undefined) return;
      for (const closeness of ['exact', 'typos', 'some'] as const)
        await expect(index.search(searchOf({ q, closeness }))).resolves.toMatchObject({
          hits: expect.anything(),
        });
    });

    it('changes nothing for the same document again, or an older one', async () => {
      const [[id, venue, details]] = SAMPLES as [Sample];
      const renamed = (name: string, version: bigint) =>
        documentsOf(version, [[id, venue, { ...details, name }]]);
      await index.put('v1', renamed('Renamed', 11n));
      expect(await ids({ q: 'renamed' })).toEqual(['e1']);
      await index.put('v1', renamed('Stale', 11n));
      await index.put('v1', renamed('Stale', 9n));
      expect(await ids({ q: 'stale' })).toEqual([]);
      await index.put('v1', documentsOf(12n));
      expect(await ids({ q: 'renamed' })).toEqual([]);
      expect(await ids({})).toHaveLength(6);
    });

    it('keeps a version of 64 bits', async () => {
      const [[, venue, details]] = SAMPLES as [Sample];
      const late = (name: string, version: bigint) =>
        documentsOf(version, [['big', venue, { ...details, name }]]);
      await index.prepare('v9');
      await index.put('v9', late('Later', 2n ** 62n + 1n));
      await index.put('v9', late('Earlier', 2n ** 62n));
      await index.serve('v9');
      expect(await ids({ q: 'later' })).toEqual(['big']);
      await index.serve('v1');
      await index.remove('v9');
    });

    it('builds a set beside the one that serves, and goes over to it in one step', async () => {
      expect(await index.serving()).toBe('v1');
      const id = await index.prepare('v1_g2');
      expect(await index.prepare('v1_g2')).toBe(id);
      await index.put('v1_g2', documentsOf(1n).slice(0, 3));
      expect(await ids({})).toHaveLength(6);

      let asking = true;
      const counts = new Set<number>();
      const searches = [1, 2].map(async () => {
        while (asking) counts.add((await index.search(searchOf({}))).total);
      });
      await index.serve('v1_g2');
      await index.remove('v1');
      asking = false;
      await Promise.all(searches);
      expect([...counts].every((count) => count === 6 || count === 3)).toBe(true);
      expect(await index.serving()).toBe('v1_g2');
      expect(await ids({})).toHaveLength(3);
      expect(await index.sets()).toEqual(['v1_g2']);
      expect(await index.prepare('v1')).not.toBe(id);
    });
  });
}
