import { documentOf } from '../../src/domain/search/document.js';
import { readText } from '../../src/domain/search/query.js';
import type { SearchIndex } from '../../src/ports/search/search-index.js';

const VENUE = {
  ...{ name: 'Mercedes-Benz Hall', city: 'Zürich', country: 'CH', timeZone: 'Europe/Zurich' },
  location: { lat: 47.3769, lon: 8.5417 },
};
/** By event id. */
const NAMES: Readonly<Record<string, string>> = {
  ...{
    tokyo: '東京フィルハーモニー交響楽団 第九演奏会',
    kohaku: '紅白歌合戦',
    seoul: '서울 신년음악회',
  },
  ...{ bangkok: 'งานดนตรีกรุงเทพ', shenzhen: '深圳国际音乐节', cairo: 'مهرجان الموسيقى' },
  ...{
    acdc: 'AC/DC Power Up',
    chk: '!!! (Chk Chk Chk)',
    pink: 'P!nk Summer Carnival',
    kesha: 'Ke$ha',
  },
  ...{ oil: 'Öl', uni: 'University Choir', second: 'Match 2' },
};

/**
 * Names in any script, and with symbols for letters, in every engine. `open` returns an empty
 * index.
 */
export function describeSearchScriptsContract(
  engine: string,
  open: () => Promise<{ index: SearchIndex; stop(): Promise<void> }>,
): void {
  describe(`names of any script in ${engine}`, () => {
    let index: SearchIndex;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      ({ index, stop } = await open());
      await index.prepare('v1');
      const documents = Object.entries(NAMES).map(([eventId, name]) => {
        const event = {
          ...{
            eventId,
            name,
            startsAt: '2027-07-11T17:00:00Z',
            category: 'Concert',
            performers: [],
          },
          ...{ description: null, prices: [] },
        };
        return { document: documentOf(event, VENUE, 'AVAILABLE'), version: 1n };
      });
      await index.put('v1', documents);
      await index.serve('v1');
    });
    afterAll(() => stop?.());

    it.each<[string, string[]]>([
      ['交響楽団', ['tokyo']],
      ['フィルハーモ', ['tokyo']],
      ['東', ['tokyo']],
      ['歌合戦', ['kohaku']],
      ['合', ['kohaku']],
      ['음악회', ['seoul']],
      ['กรุงเทพ', ['bangkok']],
      ['音乐节', ['shenzhen']],
      ['موسيقى', ['cairo']],
      ['الموسيقى', ['cairo']],
      ['ACDC', ['acdc']],
      ['ac/dc', ['acdc']],
      ['!!!', ['chk']],
      ['Pink', ['pink']],
      ['p!nk', ['pink']],
      ['Kesha', ['kesha']],
      ['ke$ha', ['kesha']],
      ['Oel', ['oil']],
      ['öl', ['oil']],
      ['üñí', []],
      ['2 tickets', []],
      ['???', []],
      ['match 2', ['second']],
    ])('are found by %p', async (q, expected) => {
      const text = readText(q);
      const { hits } = await index.search({
        text,
        closeness: 'exact',
        limit: 10,
        sort: 'relevance',
      });
      expect(hits.map(({ eventId }) => eventId)).toEqual(expected);
    });
  });
}
