import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Inject } from '../../commands/shared/inject.js';
import { keyOf } from '../../domain/search/document.js';
import {
  SearchUnavailable,
  type SearchSort,
  type TimeBound,
} from '../../ports/search/search-index.js';
import type { EventSearch, SearchRequest } from '../../read-models/search/event-search.js';
import { Answers } from '../openapi/answers.js';
import { AnswersProblems } from '../openapi/problem-answers.js';
import { Problem } from '../problems/problems.js';
import { placeOf, timeBoundOf } from '../validation/rules.js';
import type { SearchCursors } from './search-cursors.js';
import { SearchPageAnswer, SuggestionsAnswer } from './search-answers.js';
import {
  DEFAULT_PAGE,
  DEFAULT_RADIUS_KM,
  DEFAULT_SUGGESTIONS,
  EventSearchQuery,
  SuggestQuery,
} from './search-requests.js';
import { EVENT_SEARCHING, SEARCH_CURSORS } from '../platform/tokens.js';
import { invalid, queryAs, type FieldError } from '../validation/validate.js';

/** Largest difference between the local times of two places. Milliseconds. */
const MAX_ZONE_DIFFERENCE_MS = 26 * 3_600_000;

@ApiTags('events')
@Controller('v1/events')
export class SearchController {
  constructor(
    @Inject(EVENT_SEARCHING) private readonly events: EventSearch,
    @Inject(SEARCH_CURSORS) private readonly cursors: SearchCursors,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Search events by words and filters, with facets' })
  @Answers(200, 'One page; `next` is null on the last', SearchPageAnswer)
  @AnswersProblems('validation-failed', 'cursor-invalid', 'search-unavailable')
  async search(
    @Query(queryAs(EventSearchQuery)) query: EventSearchQuery,
  ): Promise<SearchPageAnswer> {
    const search = searchOf(query);
    // The limit may differ between pages.
    const withoutLimit = { ...search, limit: undefined };
    const after =
      query.cursor === undefined ? undefined : this.cursors.read(query.cursor, withoutLimit);
    const { total, hits, facets, end } = await answered(this.events.search({ ...search, after }));
    return { total, hits, facets, next: end ? this.cursors.make(end, withoutLimit) : null };
  }

  @Get('suggest')
  @ApiOperation({ summary: 'Suggestions while the user types' })
  @Answers(200, 'The best match first', SuggestionsAnswer)
  @AnswersProblems('validation-failed', 'search-unavailable')
  async suggest(
    @Query(queryAs(SuggestQuery)) { q = '', limit = DEFAULT_SUGGESTIONS }: SuggestQuery,
  ): Promise<SuggestionsAnswer> {
    return { suggestions: await answered(this.events.suggest(q, limit)) };
  }
}

/** Awaits the search. @throws Problem `search-unavailable` */
async function answered<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof SearchUnavailable)
      throw new Problem('search-unavailable', {}, { cause: error });
    throw error;
  }
}

/**
 * Returns the search for a query.
 * @throws Problem `validation-failed` for contradictory parameters
 */
function searchOf(query: EventSearchQuery): SearchRequest {
  const { q, city, country, category, minPrice, maxPrice, currency, availability } = query;
  const [from, to] = [query.from, query.to && endOf(query.to)].map(
    (time) => time && timeBoundOf(time),
  ) as [TimeBound?, TimeBound?];
  const errors = contradictionsIn(query, from, to);
  if (errors.length > 0) throw invalid(errors);
  const near = query.near === undefined ? undefined : placeOf(query.near)!;
  return {
    ...{ q, country, from, to, minPrice, maxPrice, currency, availability },
    city: city === undefined ? undefined : keyOf(city),
    category: category === undefined ? undefined : keyOf(category),
    near: near && { ...near, radiusKm: query.radiusKm ?? DEFAULT_RADIUS_KM },
    sort: query.sort ?? defaultSort(query),
    limit: query.limit ?? DEFAULT_PAGE,
  };
}

/** Returns an error for each parameter that contradicts another one. */
function contradictionsIn(
  { near, radiusKm, sort, minPrice, maxPrice }: EventSearchQuery,
  from?: TimeBound,
  to?: TimeBound,
): FieldError[] {
  const errors: FieldError[] = [];
  if (near === undefined) {
    const path = radiusKm !== undefined ? 'radiusKm' : sort === 'distance' ? 'sort' : undefined;
    if (path) errors.push({ path, message: 'requires `near`' });
  }
  if (from && to && isReversed(from, to))
    errors.push({ path: 'to', message: 'must not be before `from`' });
  if (minPrice !== undefined && maxPrice !== undefined && minPrice > maxPrice)
    errors.push({ path: 'maxPrice', message: 'must not be less than `minPrice`' });
  return errors;
}

const defaultSort = ({ q, near }: EventSearchQuery): SearchSort =>
  q !== undefined ? 'relevance' : near !== undefined ? 'distance' : 'date';

/** A day as upper bound lasts to its end. */
const endOf = (time: string): string => (time.length === 10 ? `${time}T23:59:59.999` : time);

function isReversed(from: TimeBound, to: TimeBound): boolean {
  const milliseconds = (time: TimeBound) => ('instant' in time ? time.instant : time.local);
  const slack = 'instant' in from === 'instant' in to ? 0 : MAX_ZONE_DIFFERENCE_MS;
  return milliseconds(from) - milliseconds(to) > slack;
}
