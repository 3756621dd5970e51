import type { SearchDocument } from '../../domain/search/document.js';
import { rankedWords } from '../../domain/search/weights.js';
import type { VersionedDocument } from '../../ports/search/search-index.js';

/**
 * The weight of a word is stored as its Lucene term frequency (`mexico|100`), so that one lookup
 * finds a word with its weight in any field: a search needs as many lookups as it has words. The
 * analyzer `weighted` reads the weights; `folded` is for queries. Words arrive folded and with
 * their prefixes, so that both engines know the same words; the analyzers fold again for other
 * writers and readers.
 */
const analysis = {
  analyzer: {
    weighted: {
      type: 'custom',
      tokenizer: 'whitespace',
      filter: ['lowercase', 'asciifolding', 'delimited_term_freq'],
    },
    folded: { type: 'custom', tokenizer: 'whitespace', filter: ['lowercase', 'asciifolding'] },
  },
} as const;

/** A word scores what it is worth, not how rare it is. */
const similarity = {
  weight: { type: 'scripted', script: { source: 'return doc.freq * query.boost;' } },
};

/**
 * How old an index may be when searched, unless a change has asked for it to be refreshed at once.
 */
const REFRESH = '5s';

const weighted = {
  type: 'text',
  analyzer: 'weighted',
  search_analyzer: 'folded',
  similarity: 'weight',
  norms: false,
  index_options: 'freqs',
} as const;

const keyword = { type: 'keyword' } as const;
const shown = { type: 'keyword', index: false, doc_values: false } as const;

/** Settings and mappings; nothing that is not named here is indexed. */
export const indexBody = {
  settings: {
    index: {
      number_of_shards: 1,
      number_of_replicas: 0,
      refresh_interval: REFRESH,
      // The order of the usual list, so that a page of it ends early.
      sort: { field: ['startsAt', 'eventId'], order: ['asc', 'asc'] },
    },
    analysis,
    similarity,
  },
  mappings: {
    dynamic: 'strict',
    // What hits show; all else is only looked up.
    _source: { includes: ['eventId', 'name', 'performers', 'venue', 'city', 'availability'] },
    properties: {
      eventId: keyword,
      name: shown,
      performers: shown,
      venue: shown,
      city: keyword,
      cityKey: keyword,
      country: keyword,
      category: keyword,
      categoryKey: keyword,
      words: weighted,
      beginnings: weighted,
      pairs: weighted,
      // For misspellings, which are worth more there; which of them it is does not matter.
      title: { type: 'text', analyzer: 'folded', norms: false, index_options: 'docs' },
      nameKey: keyword,
      location: { type: 'geo_point' },
      startsAt: { type: 'long' },
      localStart: { type: 'long' },
      month: keyword,
      currency: keyword,
      prices: { type: 'long' },
      lowestPrice: { type: 'long' },
      priceBands: keyword,
      availability: keyword,
    },
  },
} as const;

/** The largest value that a version may have here. */
const MAX_VERSION = 2n ** 63n - 1n;

/**
 * The lines of a bulk request, whole documents with the position in the log as version. The
 * client's serializer knows no 64-bit numbers, so the lines are made here.
 */
export function bulkLines(index: string, documents: readonly VersionedDocument[]): string {
  let lines = '';
  for (const { document, version } of documents) {
    if (version < 0n || version > MAX_VERSION) throw new Error(`${version} is no version.`);
    const target = `"_index":"${index}","_id":${JSON.stringify(document.eventId)}`;
    lines += `{"index":{${target},"version":${version},"version_type":"external"}}\n`;
    lines += `${JSON.stringify(sourceOf(document))}\n`;
  }
  return lines;
}

function sourceOf(document: SearchDocument): object {
  const { words, beginnings, pairs } = rankedWords(document);
  return {
    ...document,
    title: document.words.title.join(' '),
    words: asText(words),
    beginnings: asText(beginnings),
    pairs: asText(pairs),
    lowestPrice: document.prices[0] ?? 0,
  };
}

function asText(weights: ReadonlyMap<string, number>): string {
  let text = '';
  for (const [word, weight] of weights) text += `${word}|${weight} `;
  return text;
}
