import { FIELDS } from '../../domain/search/weights.js';
import type { VersionedDocument } from '../../ports/search-index.js';

/**
 * Words come folded, so that both engines know the same ones; the analyzers fold again, in case someone else writes or
 * asks. `folded` keeps the order of words for pairs; `beginnings` holds the first letters of each, so that a word that is
 * still being typed is one look-up.
 */
const analysis = {
  filter: { beginnings: { type: 'edge_ngram', min_gram: 2, max_gram: 10 } },
  analyzer: {
    folded: { type: 'custom', tokenizer: 'whitespace', filter: ['lowercase', 'asciifolding'] },
    beginnings: {
      type: 'custom',
      tokenizer: 'whitespace',
      filter: ['lowercase', 'asciifolding', 'beginnings'],
    },
  },
} as const;

/** Longest beginning that is indexed; what is typed beyond is cut to it. Characters. */
export const MAX_BEGINNING = 10;

/** How old an index may be when searched, unless a change has asked for it to be refreshed at once. */
const REFRESH = '5s';

const words = {
  type: 'text',
  analyzer: 'folded',
  // Scores are whole numbers of our own.
  norms: false,
  fields: {
    beginnings: {
      ...{ type: 'text', analyzer: 'beginnings', search_analyzer: 'folded', norms: false },
      index_options: 'docs',
    },
  },
} as const;

const keyword = { type: 'keyword' } as const;
const shown = { type: 'keyword', index: false, doc_values: false } as const;

/** Settings and mappings; nothing that is not named here is indexed. */
export const indexBody = {
  settings: {
    index: {
      ...{ number_of_shards: 1, number_of_replicas: 0, refresh_interval: REFRESH },
      // The order of the usual list, so that a page of it ends early.
      sort: { field: ['startsAt', 'eventId'], order: ['asc', 'asc'] },
    },
    analysis,
  },
  mappings: {
    dynamic: 'strict',
    properties: {
      ...{ eventId: keyword, name: shown, performers: shown, venue: shown },
      ...{ city: keyword, cityKey: keyword, country: keyword, category: keyword, categoryKey: keyword },
      words: { properties: Object.fromEntries(FIELDS.map((field) => [field, words])) },
      ...{ nameKey: keyword, location: { type: 'geo_point' } },
      ...{ startsAt: { type: 'long' }, localStart: { type: 'long' }, month: keyword },
      ...{ currency: keyword, prices: { type: 'long' }, lowestPrice: { type: 'long' }, priceBands: keyword },
      availability: keyword,
    },
  },
} as const;

/** The largest value that a version may have here. */
const MAX_VERSION = 2n ** 63n - 1n;

/**
 * The lines of a bulk request, whole documents with the position in the log as version. The client's serializer knows no
 * 64-bit numbers, so the lines are made here.
 */
export function bulkLines(index: string, documents: readonly VersionedDocument[]): string {
  let lines = '';
  for (const { document, version } of documents) {
    if (version < 0n || version > MAX_VERSION) throw new Error(`${version} is no version.`);
    const id = JSON.stringify(document.eventId);
    lines += `{"index":{"_index":"${index}","_id":${id},"version":${version},"version_type":"external"}}\n`;
    lines += `${JSON.stringify({ ...document, lowestPrice: document.prices[0] ?? 0 })}\n`;
  }
  return lines;
}
