import type { Availability } from '../../domain/search/document.js';
import { highlight } from '../../domain/search/highlight.js';
import {
  CLOSENESSES,
  readText,
  type Closeness,
  type SoughtText,
} from '../../domain/search/query.js';
import { fold } from '../../domain/search/words.js';
import type { Clock } from '../../ports/system/clock.js';
import type {
  FoundEvent,
  FoundEvents,
  NotOver,
  PlaceInOrder,
  SearchFacets,
  SearchFilter,
  SearchIndex,
  SearchSort,
} from '../../ports/search/search-index.js';
import type { EventQueries, EventView } from '../event/events-queries.js';

export const HIGHLIGHTED = ['name', 'performer', 'venue', 'city', 'description'] as const;

/** A text of the event as escaped HTML, with `<mark>` around the words that match. */
export interface Highlight {
  readonly field: (typeof HIGHLIGHTED)[number];
  readonly html: string;
}

export interface SearchHit extends Omit<EventView, 'availability'> {
  /** `level` as last indexed; the counts are current. */
  readonly availability: EventView['availability'] & { readonly level: Availability };
  /** Only with `q`. */
  readonly highlights?: readonly Highlight[];
  /** Only with `near`. */
  readonly distanceKm?: number;
}

/** End of a page. The next page must use the same closeness of matching. */
export interface PageEnd extends PlaceInOrder {
  readonly closeness: Closeness;
}

export interface SearchRequest extends SearchFilter {
  readonly q?: string;
  readonly sort: SearchSort;
  readonly limit: number;
  readonly after?: PageEnd;
}

export interface SearchPage {
  readonly total: number;
  readonly hits: readonly SearchHit[];
  readonly facets: SearchFacets;
  readonly end: PageEnd | undefined;
}

export const SUGGESTION_KINDS = ['event', 'performer', 'venue', 'city'] as const;

export interface Suggestion {
  readonly kind: (typeof SUGGESTION_KINDS)[number];
  readonly text: string;
  /** The text as escaped HTML, with `<mark>` around the words that match. */
  readonly html: string;
  /** Only for an event. */
  readonly eventId?: string;
}

export interface EventSearch {
  /** @throws SearchUnavailable */
  search(request: SearchRequest): Promise<SearchPage>;
  /** @throws SearchUnavailable */
  suggest(q: string, limit: number): Promise<Suggestion[]>;
}

/** Maximum of events that suggestions are taken from. */
const SUGGESTED_FROM = 40;

export function openEventSearch(
  index: SearchIndex,
  events: Pick<EventQueries, 'byIds' | 'begunOnSale'>,
  clock: Pick<Clock, 'now'>,
): EventSearch {
  const notOverNow = async (): Promise<NotOver> => {
    // Rounded to seconds, so that equal searches within a second share an entry of the engine's
    // cache.
    const startsAfter = Math.floor(clock.now() / 1_000) * 1_000;
    return { startsAfter, orEventIds: await events.begunOnSale(startsAfter) };
  };
  return {
    search: async ({ q, after, limit, ...filter }) => {
      const text = q === undefined ? undefined : readText(q);
      // A text of punctuation only matches no event.
      if (q !== undefined && !text) return EMPTY_PAGE;
      // A search with an earliest start may want past events.
      const notOver = filter.from ? undefined : await notOverNow();
      const { found, closeness } = await searchClosest(text, after?.closeness, (closeness) =>
        index.search({ ...filter, notOver, text, after, closeness, limit: limit + 1 }),
      );
      const page = found.hits.slice(0, limit);
      const views = await events.byIds(page.map(({ eventId }) => eventId));
      const last = found.hits.length > limit ? page.at(-1) : undefined;
      return {
        total: found.total,
        facets: found.facets,
        hits: page.flatMap((hit) => {
          const view = views.get(hit.eventId);
          // The index may be behind the tables.
          const isOver = view && notOver && Date.parse(view.salesEndAt) <= notOver.startsAfter;
          return isOver ? [] : toHit(hit, view, text, closeness);
        }),
        end: last && { ...last.place, closeness },
      };
    },

    suggest: async (q, limit) => {
      const text = readText(q);
      if (!text) return [];
      const notOver = await notOverNow();
      for (const closeness of ['exact', 'typos'] as const) {
        const found = await index.suggest(text, closeness, SUGGESTED_FROM, notOver);
        if (found.length > 0) return suggestionsOf(found, text, closeness).slice(0, limit);
      }
      return [];
    },
  };
}

const EMPTY_PAGE: SearchPage = {
  total: 0,
  hits: [],
  end: undefined,
  facets: { cities: [], categories: [], months: [], priceBands: [], availability: [] },
};

/** Searches with the closest matching that finds something, or with that of the previous page. */
async function searchClosest(
  text: SoughtText | undefined,
  previous: Closeness | undefined,
  find: (closeness: Closeness) => Promise<FoundEvents>,
): Promise<{ found: FoundEvents; closeness: Closeness }> {
  const allowed = previous ? [previous] : text ? distinctClosenesses(text) : (['exact'] as const);
  for (const closeness of allowed) {
    const found = await find(closeness);
    if (found.total > 0 || closeness === allowed.at(-1)) return { found, closeness };
  }
  throw new Error('No closeness to search with.');
}

/** Returns the closenesses that can find different events for this text. */
function distinctClosenesses({ words, isStrict = false }: SoughtText): readonly Closeness[] {
  if (isStrict) return ['exact'];
  return CLOSENESSES.filter((closeness) => {
    if (closeness === 'typos') return words.some(({ typos }) => typos > 0);
    return closeness === 'exact' || words.length > 1;
  });
}

/** Returns no hit for an event that the tables do not show yet: the index may be ahead. */
function toHit(
  { eventId: _, availability: level, distanceKm }: FoundEvent,
  view: EventView | undefined,
  text: SoughtText | undefined,
  closeness: Closeness,
): SearchHit[] {
  if (!view) return [];
  return [
    {
      ...view,
      availability: { ...view.availability, level },
      ...(distanceKm !== undefined && { distanceKm: Math.round(distanceKm * 100) / 100 }),
      ...(text && { highlights: highlightsOf(view, text, closeness) }),
    },
  ];
}

function highlightsOf(view: EventView, text: SoughtText, closeness: Closeness): Highlight[] {
  const texts: [Highlight['field'], string | null][] = [
    ['name', view.name],
    ...view.performers.map((performer): ['performer', string] => ['performer', performer]),
    ['venue', view.venue.name],
    ['city', view.venue.city],
    ['description', view.description],
  ];
  return texts.flatMap(([field, value]) => {
    const html = value === null ? undefined : highlight(value, text, closeness);
    return html === undefined ? [] : [{ field, html }];
  });
}

/**
 * Suggests texts of the best matches that match `text`: performers, cities and venues, then events.
 */
function suggestionsOf(
  found: Awaited<ReturnType<SearchIndex['suggest']>>,
  text: SoughtText,
  closeness: Closeness,
): Suggestion[] {
  const seen = new Set<string>();
  const suggestions: Suggestion[] = [];
  const add = (kind: Suggestion['kind'], value: string, eventId?: string) => {
    const key = kind === 'event' ? `event ${eventId}` : `${kind} ${fold(value)}`;
    const html = highlight(value, text, closeness);
    if (html === undefined || seen.has(key)) return;
    seen.add(key);
    suggestions.push({ kind, text: value, html, ...(eventId !== undefined && { eventId }) });
  };
  for (const { performers } of found)
    for (const performer of performers) add('performer', performer);
  for (const { city } of found) add('city', city);
  for (const { venue } of found) add('venue', venue);
  const others = suggestions.length;
  for (const { name, eventId } of found) add('event', name, eventId);
  return [...suggestions.slice(0, Math.min(others, MAX_OTHERS)), ...suggestions.slice(others)];
}

/** Maximum of suggestions that are not events: half of a list of ten. */
const MAX_OTHERS = 5;
