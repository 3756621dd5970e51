import { token } from '../../ports/shared/token.js';
import type { Protection } from '../abuse/protection.js';
import type { TokenVerifier } from '../account/token-verifier.js';
import type { ProjectionLags, LogState, ReadinessCheck } from '../health/node-state.js';
import type { Metrics } from '../health/metrics.js';
import type { SearchCursors } from '../search/search-cursors.js';
import type { FreshReservations } from '../seat-inventory/fresh-reservations.js';
import type { SeatStatusStreams } from '../seat-inventory/seat-status-streams.js';
import type { EventLayouts } from '../seating-plan/event-layouts.js';
import type { SeatingDocuments } from '../seating-plan/seating-documents.js';
import type { Tickets } from '../ticket/tickets.js';
import type { AutoWaitingRoom } from '../waiting-room/auto-waiting-room.js';
import type { PassCheck } from '../waiting-room/pass-check.js';
import type { Freshness } from './freshness.js';
import type { HttpSettings } from './http-settings.js';

export * from '../../audit/tokens.js';
export { HOLD_RULES } from '../../commands/shared/tokens.js';
export {
  PLACE_SIGNER,
  SUBSCRIPTION_STATS,
  TICKET_PRINTER,
  VENUE_READER,
} from '../../ports/shared/tokens.js';
export * from '../../read-models/shared/tokens.js';

/** Injection tokens of the HTTP layer. */
export const HTTP_SETTINGS = token<HttpSettings>('HttpSettings');
export const LOG_STATE = token<LogState>('LogState');
export const PROJECTION_LAGS = token<ProjectionLags>('ProjectionLags');
/** Null when the protection is off. */
export const PROTECTION = token<Protection | null>('Protection');
export const READINESS_CHECKS = token<readonly ReadinessCheck[]>('ReadinessChecks');
export const SEARCH_CURSORS = token<SearchCursors>('SearchCursors');
export const AUTO_WAITING_ROOM = token<AutoWaitingRoom>('AutoWaitingRoom');
export const FRESHNESS = token<Freshness>('Freshness');
export const FRESH_RESERVATIONS = token<FreshReservations>('FreshReservations');
export const EVENT_LAYOUTS = token<EventLayouts>('EventLayouts');
export const METRICS = token<Metrics>('Metrics');
export const SEATING_DOCUMENTS = token<SeatingDocuments>('SeatingDocuments');
export const SEAT_STATUS_STREAMS = token<SeatStatusStreams>('SeatStatusStreams');
export const TICKETS = token<Tickets>('Tickets');
export const TOKEN_VERIFIER = token<TokenVerifier>('TokenVerifier');
export const PASS_CHECK = token<PassCheck>('PassCheck');
