import { invalid, unknownUrl } from './errors.js';
import { intentOf, type StripeIntent, type StripeRefund } from './objects.js';

export interface ReadParts {
  readonly intents: readonly StripeIntent[];
  readonly refunds: readonly StripeRefund[];
  /** Number of intents that the search finds; the rest are too new. Undefined: all of them. */
  readonly searchable: number | undefined;
}

/** Answers a GET request. @throws StripeError */
export function read(parts: ReadParts, path: string, query: URLSearchParams): object {
  const { intents } = parts;
  if (path === '/v1/payment_intents/search') return search(parts, path, query);
  const [, id] = /^\/v1\/payment_intents\/(\w+)$/.exec(path) ?? [];
  if (id) return intentOf(intents, id, 'intent');
  if (path === '/v1/payment_intents') {
    const since = Number(query.get('created[gte]') ?? 0);
    const found = intents.filter(({ created }) => created >= since);
    return page(path, found, query);
  }
  if (path === '/v1/refunds') return listRefunds(parts, path, query);
  throw unknownUrl(path);
}

function search({ intents, searchable }: ReadParts, path: string, query: URLSearchParams): object {
  const [, key] = /^metadata\['key'\]:'(.*)'$/.exec(query.get('query') ?? '') ?? [];
  if (key === undefined) throw invalid('We were unable to parse your search query.', 'query');
  const wanted = key.replace(/\\(.)/g, '$1');
  const data = intents.slice(0, searchable).filter(({ metadata }) => metadata.key === wanted);
  return { object: 'search_result', url: path, has_more: false, next_page: null, data };
}

function listRefunds(
  { intents, refunds }: ReadParts,
  path: string,
  query: URLSearchParams,
): object {
  const of = query.get('payment_intent');
  const found = refunds.filter(({ payment_intent: intent }) => of === null || intent === of);
  const isExpanded = query.get('expand[0]') === 'data.payment_intent';
  const shown = ({ payment_intent: intent, ...rest }: StripeRefund) => ({
    ...rest,
    payment_intent: isExpanded ? intents.find(({ id }) => id === intent) : intent,
  });
  return page(path, found.map(shown), query);
}

/** Newest first, as Stripe lists. */
function page<T extends { id: string }>(
  url: string,
  all: readonly T[],
  query: URLSearchParams,
): object {
  const newestFirst = all.toReversed();
  const after = query.get('starting_after');
  const start = after === null ? 0 : newestFirst.findIndex(({ id }) => id === after) + 1;
  const end = start + Number(query.get('limit') ?? 10);
  return {
    object: 'list',
    url,
    has_more: end < newestFirst.length,
    data: newestFirst.slice(start, end),
  };
}
