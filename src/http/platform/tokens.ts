/** Injection tokens that `app.module.ts` binds in a global module, beside those of `commands/tokens.ts`. */

/** `HttpSettings`. */
export const HTTP_SETTINGS = Symbol('HttpSettings');
/** `LiveSeatStatus` of the read models. */
export const LIVE_SEAT_STATUS = Symbol('LiveSeatStatus');
/** `SeatStatusQueries`. */
export const SEAT_STATUS_QUERIES = Symbol('SeatStatusQueries');
/** `ReservationQueries`. */
export const RESERVATION_QUERIES = Symbol('ReservationQueries');
/** `PaymentQueries`. */
export const PAYMENT_QUERIES = Symbol('PaymentQueries');
export const UNMATCHED_NOTICES = Symbol('UnmatchedNotifications');
/** `LedgerQueries`. */
export const LEDGER_QUERIES = Symbol('LedgerQueries');
/** `EventQueries`. */
export const EVENT_QUERIES = Symbol('EventQueries');
/** `EventSearch` of the read models. */
export const EVENT_SEARCHING = Symbol('EventSearch');
/** `SearchCursors`. */
export const SEARCH_CURSORS = Symbol('SearchCursors');
/** `CancellationQueries`. */
export const CANCELLATION_QUERIES = Symbol('CancellationQueries');
/** `VenueQueries`. */
export const VENUE_QUERIES = Symbol('VenueQueries');
/** `readonly ReadinessCheck[]`. */
export const READINESS_CHECKS = Symbol('ReadinessCheck[]');
/** `TicketQueries`. */
export const TICKET_QUERIES = Symbol('TicketQueries');
/** `TicketPrinter`. */
export const TICKET_PRINTER = Symbol('TicketPrinter');
/** `VenueReader`. */
export const VENUE_READER = Symbol('VenueReader');
/** `Contacts` of the read models. */
export const CONTACTS = Symbol('Contacts');
/** `History`, `TimeTravel`, `RefusedAttempts` and `Checkpoints` of `audit`. */
export const HISTORY = Symbol('History');
export const TIME_TRAVEL = Symbol('TimeTravel');
export const REFUSED_ATTEMPTS = Symbol('RefusedAttempts');
export const CHECKPOINTS = Symbol('Checkpoints');
/** `PlaceSigner`. */
export const PLACE_SIGNER = Symbol('PlaceSigner');
/** `Protection`, or null when it is off. */
export const PROTECTION = Symbol('Protection');
/** `ProjectionLags`. */
export const PROJECTION_LAGS = Symbol('ProjectionLags');
/** `SubscriptionStats` of the event store. */
export const SUBSCRIPTION_STATS = Symbol('SubscriptionStats');

/** `LogState`. */
export const LOG_STATE = Symbol('LogState');

/** Made by `HttpModule` itself. */
export const TOKEN_VERIFIER = Symbol('TokenVerifier');
export const FRESHNESS = Symbol('Freshness');
export const FRESH_RESERVATIONS = Symbol('FreshReservations');
export const HALLS = Symbol('Halls');
export const TICKETS = Symbol('Tickets');
export const WAITING_ROOM_DOOR = Symbol('WaitingRoomDoor');
export const SEATING_DOCUMENTS = Symbol('SeatingDocuments');
export const METRICS = Symbol('Metrics');
export const SEAT_STATUS_STREAMS = Symbol('SeatStatusStreams');

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
/** `HoldRulesOfEvents` */
export const HOLD_RULES = Symbol('HoldRules');
/** `AutoWaitingRoom` */
export const AUTO_WAITING_ROOM = Symbol('AutoWaitingRoom');
