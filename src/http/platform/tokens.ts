import { token } from '../../ports/shared/token.js';
import type { Protection } from '../abuse/protection.js';
import type { TokenVerifier } from '../account/token-verifier.js';
import type { Metrics } from '../health/metrics.js';
import type { SearchCursors } from '../search/search-cursors.js';
import type { FreshReservations } from '../seat-inventory/fresh-reservations.js';
import type { SeatStatusStreams } from '../seat-inventory/seat-status-streams.js';
import type { Halls } from '../seating-plan/halls.js';
import type { SeatingDocuments } from '../seating-plan/seating-documents.js';
import type { Tickets } from '../ticket/tickets.js';
import type { AutoWaitingRoom } from '../waiting-room/auto-waiting-room.js';
import type { PassCheck } from '../waiting-room/pass-check.js';
import type { Freshness } from './freshness.js';

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
export const HALLS = token<Halls>('Halls');
export const METRICS = token<Metrics>('Metrics');
export const SEATING_DOCUMENTS = token<SeatingDocuments>('SeatingDocuments');
export const SEAT_STATUS_STREAMS = token<SeatStatusStreams>('SeatStatusStreams');
export const TICKETS = token<Tickets>('Tickets');
export const TOKEN_VERIFIER = token<TokenVerifier>('TokenVerifier');
export const PASS_CHECK = token<PassCheck>('PassCheck');

export interface HttpSettings {
  /** How tokens are checked. */
  readonly auth: AuthSettings;
  /** `POST /v1/dev/tokens` mints tokens for anyone: to try it out, never in production. Needs a secret. */
  readonly devTokens: boolean;
  /** Absolute path of the booking page; none is served without it. */
  readonly webFolder?: string;
  /** `https://host`, as whoever is not here reaches it; unless told, what the request was sent to. */
  readonly publicUrl?: string;
  /** For the process to end once it is told to. Seconds. */
  readonly shutdownSeconds: number;
  /** Secret. Addresses are hashed with it before the log gets them; the same on every node. */
  readonly addressKey: Buffer;
  /** Live feeds open at once in this process. */
  readonly maxStreams?: number;
}

export interface AuthSettings {
  /** At least 32 bytes, shared with the issuer (HS256); or the issuer's public keys. */
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
  readonly issuer?: string;
  readonly audience?: string;
}

/** Something without which this node cannot serve, or not as well. */
export interface ReadinessCheck {
  readonly name: string;
  /** Told, but no reason to send nobody here: the shop goes on without it. */
  readonly optional?: boolean;
  /** Rejects when the service is unavailable. A state other than `ok` is shown as is, with whether the node is ready. */
  check(): Promise<ReadinessState | void>;
}

export interface ReadinessState {
  /** The state shown for the check. */
  readonly state: string;
  readonly isReady: boolean;
  /** The cause, described for an operator. */
  readonly cause?: string;
}

/** Whether the log is the one that the read models were built from. */
export interface LogState {
  isReplaced(): boolean;
  /** Calls back when an operator has accepted another log. */
  onAccepted(listener: () => void): void;
}

/** How far each projection is behind the log, as last measured. */
export type ProjectionLags = () => readonly ProjectionLag[] | Promise<readonly ProjectionLag[]>;

export interface ProjectionLag {
  readonly projection: string;
  /** Whether this node runs it. When none does, nobody knows how far behind it is. */
  readonly running: boolean;
  /** Age of the oldest domain event that waits, in seconds; undefined when this node does not know. */
  readonly seconds: number | undefined;
  /** Domain events set aside; undefined when this node does not know. */
  readonly parked: number | undefined;
}
