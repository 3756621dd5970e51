import {
  documentOf,
  type SearchedEvent,
  type SearchedVenue,
} from '../../../src/domain/search/document.js';
import { highlight } from '../../../src/domain/search/highlight.js';
import { readText } from '../../../src/domain/search/query.js';
import { rankedWords } from '../../../src/domain/search/weights.js';

const VENUE: SearchedVenue = {
  ...{ name: 'Hall', city: 'Leeds', country: 'GB', timeZone: 'UTC' },
  location: { lat: 0, lon: 0 },
};

/** Whether an event with this name matches all words exactly, and the last one as a prefix. */
function isFound(name: string, query: string): boolean {
  const text = readText(query);
  if (!text) return false;
  const event: SearchedEvent = {
    ...{ eventId: 'e', name, startsAt: '2030-05-02T18:00:00Z', category: null, performers: [] },
    ...{ description: null, prices: [] },
  };
  const { words, beginnings } = rankedWords(documentOf(event, VENUE, 'AVAILABLE'));
  return text.words.every(
    ({ word, others, isPrefix }) =>
      [word, ...others].some((one) => words.has(one)) || (isPrefix && beginnings.has(word)),
  );
}

describe('An event is found', () => {
  it.each<[name: string, query: string]>([
    ['東京フィルハーモニー交響楽団 第九演奏会', '交響楽団'],
    ['東京フィルハーモニー交響楽団 第九演奏会', 'フィル'],
    ['東京フィルハーモニー交響楽団 第九演奏会', '東'],
    ['東京フィルハーモニー交響楽団 第九演奏会', '会'],
    ['東京フィルハーモニー交響楽団 第九演奏会', 'ﾌｨﾙﾊｰﾓﾆｰ'],
    ['AKB48コンサート', 'akb48'],
    ['AKB48コンサート', 'コンサート'],
    ['紅白歌合戦', '歌合戦'],
    ['서울시립교향악단 신년음악회', '음악회'],
    ['서울시립교향악단 신년음악회', '신년음악회'],
    ['งานดนตรีกรุงเทพ', 'กรุงเทพ'],
    ['深圳国际音乐节', '音乐节'],
    ['مهرجان الموسيقى', 'موسيقى'],
    ['مهرجان الموسيقى', 'الموسيقى'],
    ['مهرجان موسيقى', 'الموسيقى'],
    ['مهرجان الموسيقى', 'الم'],
    ['مهرجان الموسيقى', 'موسيقي'],
    ['AC/DC Power Up', 'ACDC'],
    ['AC/DC Power Up', 'ac/dc'],
    ['AC/DC Power Up', 'ac dc'],
    ['!!! (Chk Chk Chk)', '!!!'],
    ['!!! (Chk Chk Chk)', 'chk chk'],
    ['P!nk Summer Carnival', 'Pink'],
    ['P!nk Summer Carnival', 'p!nk'],
    ['Ke$ha', 'Kesha'],
    ['A$AP Rocky', 'asap rocky'],
    ['Öl', 'Oel'],
    ['Öl', 'ol'],
    ['Öl', 'öl'],
    ['Herbert Grönemeyer', 'Groenemeyer'],
    ['Herbert Groenemeyer', 'Grönemeyer'],
    ['Malmö FF', 'malmoe'],
    ['Müller', 'Mün'.slice(0, 2)],
    ['Curaçao', 'curacao'],
    ['Mexico v. Brazil', 'México'],
    ['Đà Nẵng Festival', 'Đà Nẵng'],
    ['Mexico v. Brazil', '2 tickets mexico'],
  ])('%s by %s', (name, query) => expect(isFound(name, query)).toBe(true));
});

describe('An event is not found', () => {
  it.each<[name: string, query: string]>([
    ['University of Leeds', 'üñí'],
    ['Match 2', '2 tickets'],
    ['Mexico v. Brazil', '???'],
    ['Mexico v. Brazil', '!!!'],
    ['Mexico v. Brazil', '---'],
    ['紅白歌合戦', '白紅'],
    ['Mexico & Brazil', '&'],
  ])('%s by %s', (name, query) => expect(isFound(name, query)).toBe(false));
});

it.each([
  ['音乐节', '深圳国际音乐节', '深圳国际<mark>音乐节</mark>'],
  ['ガ', 'ガラ', '<mark>ガ</mark>ラ'],
  ['pink', 'P!nk Summer', '<mark>P!nk</mark> Summer'],
  ['acdc', 'AC/DC Power Up', '<mark>AC/DC</mark> Power Up'],
  ['!!!', '!!! (Chk)', '<mark>!!!</mark> (Chk)'],
  ['oel', 'Öl', '<mark>Öl</mark>'],
  ['موسيقى', 'مهرجان الموسيقى', 'مهرجان <mark>الموسيقى</mark>'],
])('%s is marked in %s', (query, text, html) => {
  expect(highlight(text, readText(query)!, 'exact')).toBe(html);
});
