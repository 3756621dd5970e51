import type { Availability, SearchDocument } from '../../domain/search/document.js';
import type { Closeness, SoughtText } from '../../domain/search/query.js';

export const SEARCH_SORTS = ['relevance', 'date', 'distance', 'price', 'name'] as const;
/** Equals come by start time, then by event id. `price` goes by the lowest of an event. */
export type SearchSort = (typeof SEARCH_SORTS)[number];

/** A time anywhere, or one on the clock at the venue. Milliseconds; the local one as if it were UTC. */
export type TimeBound = { readonly instant: number } | { readonly local: number };

export interface SearchFilter {
  /** As `keyOf` makes them. */
  readonly city?: string;
  readonly category?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly near?: { readonly lat: number; readonly lon: number; readonly radiusKm: number };
  /** Both included. */
  readonly from?: TimeBound;
  readonly to?: TimeBound;
  /** At least one price of the event lies between, both included. Minor units. */
  readonly minPrice?: number;
  readonly maxPrice?: number;
  readonly currency?: string;
  readonly availability?: Availability;
}

/** Where a page ended: the next begins behind it. */
export interface PlaceInOrder {
  /** What is sorted by; none for `date`. */
  readonly key?: number | string;
  readonly startsAt: number;
  readonly eventId: string;
}

/** Leaves out past events. */
export interface NotOver {
  /** Events that begin later, in milliseconds since the epoch. */
  readonly startsAfter: number;
  /** Also these events, which have begun and are still on sale. */
  readonly orEventIds: readonly string[];
}

export interface EventSearch extends SearchFilter {
  /** Missing: past events are found too. */
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
  /** From `near`. */
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
  /** `2026-07`, at the venue; in their order. */
  readonly months: readonly Facet[];
  /** `USD 10000-24999`: events with a price from here to there, in minor units. */
  readonly priceBands: readonly Facet[];
  readonly availability: readonly Facet[];
}

export interface FoundEvents {
  /** Of all pages; of more than MAX_COUNTED events no more than those are counted. */
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
  /** Position in the log of the last change: what is older than what the index has is passed over. */
  readonly version: bigint;
}

/** The name of one building of the index, as the read model names its tables: `v1`, `v1_g2`. */
export type IndexSet = string;

/** Matches that are counted, and from which the facets are made: what a search costs at most has to be known. */
export const MAX_COUNTED = 20_000;
/** Values of a facet. */
export const MAX_FACET_VALUES = 50;

/** The engine does not answer, or not in time; it may later. */
export class SearchUnavailable extends Error {
  override name = 'SearchUnavailable';
}

/** Finds events. All of it may throw SearchUnavailable. */
export interface SearchIndex {
  readonly engine: 'opensearch' | 'postgres';
  /**
   * Makes the index of that set unless it is there, and tells which it is: another answer for the same set means that
   * it was lost, and is empty.
   */
  prepare(set: IndexSet): Promise<string>;
  /**
   * Whole documents. The same again, or an older version, changes nothing. They are found when it resolves, or `soon`,
   * which is cheaper for many: within some seconds.
   */
  put(
    set: IndexSet,
    documents: readonly VersionedDocument[],
    options?: { readonly found?: 'at-once' | 'soon' },
  ): Promise<void>;
  /** Which set is searched; undefined before the first. */
  serving(): Promise<IndexSet | undefined>;
  /** From now on this set is searched: a search sees the one or the other, never none. */
  serve(set: IndexSet): Promise<void>;
  /** Every set there is. */
  sets(): Promise<IndexSet[]>;
  remove(set: IndexSet): Promise<void>;
  search(search: EventSearch): Promise<FoundEvents>;
  /** The best matches for a text that is still being typed. */
  suggest(
    text: SoughtText,
    closeness: Closeness,
    limit: number,
    notOver?: NotOver,
  ): Promise<SuggestedEvent[]>;
  /** Rejects when the engine is not there. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
