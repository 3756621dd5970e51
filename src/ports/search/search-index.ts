import type { Availability, SearchDocument } from '../../domain/search/document.js';
import type { Closeness, SoughtText } from '../../domain/search/query.js';

export const SEARCH_SORTS = ['relevance', 'date', 'distance', 'price', 'name'] as const;
/**
 * Ties are sorted by start time, then by event id. `price` sorts by the lowest price of an event.
 */
export type SearchSort = (typeof SEARCH_SORTS)[number];

/** An instant, or a local time at the venue. Milliseconds; the local time is encoded as UTC. */
export type TimeBound = { readonly instant: number } | { readonly local: number };

export interface SearchFilter {
  /** Keys from `keyOf`. */
  readonly city?: string;
  readonly category?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly near?: { readonly lat: number; readonly lon: number; readonly radiusKm: number };
  /** Both included. */
  readonly from?: TimeBound;
  readonly to?: TimeBound;
  /** The event has a price in this range, both included. Minor units. */
  readonly minPrice?: number;
  readonly maxPrice?: number;
  readonly currency?: string;
  readonly availability?: Availability;
}

/** Position of the last hit of a page; the next page starts after it. */
export interface PlaceInOrder {
  /** Value of the sort key; undefined for `date`. */
  readonly key?: number | string;
  readonly startsAt: number;
  readonly eventId: string;
}

/** Leaves out past events. */
export interface NotOver {
  /** Includes events that start later; milliseconds since the epoch. */
  readonly startsAfter: number;
  /** Also includes these events, which have started and are still on sale. */
  readonly orEventIds: readonly string[];
}

export interface EventSearch extends SearchFilter {
  /** When undefined, past events are included. */
  readonly notOver?: NotOver;
  readonly text?: SoughtText;
  readonly closeness: Closeness;
  readonly sort: SearchSort;
  readonly limit: number;
  readonly after?: PlaceInOrder;
}

export interface FoundEvent {
  readonly eventId: string;
  readonly availability: Availability;
  /** Distance from `near`. */
  readonly distanceKm?: number;
  readonly place: PlaceInOrder;
}

export interface Facet {
  readonly value: string;
  readonly count: number;
}

export interface SearchFacets {
  readonly cities: readonly Facet[];
  readonly categories: readonly Facet[];
  /** Months such as `2026-07` in local time, in order. */
  readonly months: readonly Facet[];
  /** Bands such as `USD 10000-24999`: events with a price in the range, in minor units. */
  readonly priceBands: readonly Facet[];
  readonly availability: readonly Facet[];
}

export interface FoundEvents {
  /** Number of hits on all pages, counted up to MAX_COUNTED. */
  readonly total: number;
  readonly hits: readonly FoundEvent[];
  readonly facets: SearchFacets;
}

export interface SuggestedEvent {
  readonly eventId: string;
  readonly name: string;
  readonly performers: readonly string[];
  readonly venue: string;
  readonly city: string;
}

export interface VersionedDocument {
  readonly document: SearchDocument;
  /** Log position of the last change. The index ignores older versions. */
  readonly version: bigint;
}

/** Name of one generation of the index, like the tables of the read model: `v1`, `v1_g2`. */
export type IndexSet = string;

/** Most matches that are counted and used for facets; it bounds the cost of a search. */
export const MAX_COUNTED = 20_000;
/** Most values of a facet. */
export const MAX_FACET_VALUES = 50;

/** The search engine does not answer in time. A later attempt may succeed. */
export class SearchUnavailable extends Error {
  override name = 'SearchUnavailable';
}

/** Index of events. All methods may throw SearchUnavailable. */
export interface SearchIndex {
  readonly engine: 'opensearch' | 'postgres';
  /**
   * Creates the index of a set unless it exists. Returns its identity: another identity for the
   * same set means that the index was lost and is empty.
   */
  prepare(set: IndexSet): Promise<string>;
  /**
   * Stores whole documents; the same or an older version changes nothing. They can be found when it
   * resolves, or with `soon` within some seconds, which is cheaper for many documents.
   */
  put(
    set: IndexSet,
    documents: readonly VersionedDocument[],
    options?: { readonly found?: 'at-once' | 'soon' },
  ): Promise<void>;
  /** Returns the set that searches use; undefined before the first `serve`. */
  serving(): Promise<IndexSet | undefined>;
  /** Switches searches to a set, without a gap. */
  serve(set: IndexSet): Promise<void>;
  /** Returns all existing sets. */
  sets(): Promise<IndexSet[]>;
  remove(set: IndexSet): Promise<void>;
  search(search: EventSearch): Promise<FoundEvents>;
  /** Returns the best matches for a partially typed text. */
  suggest(
    text: SoughtText,
    closeness: Closeness,
    limit: number,
    notOver?: NotOver,
  ): Promise<SuggestedEvent[]>;
  /** Rejects when the search engine does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
