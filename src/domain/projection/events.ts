import type { DomainEvent } from '../shared/domain-event.js';

export const PROJECTION = 'projection-';
/** Returns the name of the stream of operator actions on a projection. */
export const projectionStream = (name: string): string => PROJECTION + name;

interface GenerationData {
  readonly projection: string;
  readonly version: number;
  readonly generation: number;
}

interface ParkedEventData {
  readonly projection: string;
  readonly stream: string;
  readonly revision: number;
  readonly eventId: string;
  readonly type: string;
}

/** Times are ISO 8601. The operator is in the metadata. */
export type RebuildStarted = DomainEvent<
  'RebuildStarted',
  GenerationData & { readonly acceptDifference: boolean; readonly startedAt: string }
>;
export type RebuildCancelled = DomainEvent<
  'RebuildCancelled',
  GenerationData & { readonly cancelledAt: string }
>;
export type DifferenceAccepted = DomainEvent<
  'DifferenceAccepted',
  GenerationData & { readonly acceptedAt: string }
>;
export type SwitchBackStarted = DomainEvent<
  'SwitchBackStarted',
  GenerationData & { readonly startedAt: string }
>;
/** The projection skips the domain event, also in every later rebuild. */
export type ParkedEventSkipped = DomainEvent<
  'ParkedEventSkipped',
  ParkedEventData & { readonly reason: string; readonly skippedAt: string }
>;
export type ParkedEventRetried = DomainEvent<
  'ParkedEventRetried',
  ParkedEventData & { readonly retriedAt: string }
>;

/** Every read model is rebuilt from a different log than before. */
export type LogAccepted = DomainEvent<
  'LogAccepted',
  { readonly cause: string; readonly acceptedAt: string }
>;

/** Not a projection name: the stream of operator actions on the log itself. */
export const LOG_OPERATIONS_NAME = 'log';

export type ProjectionEvent =
  | LogAccepted
  | RebuildStarted
  | RebuildCancelled
  | DifferenceAccepted
  | SwitchBackStarted
  | ParkedEventSkipped
  | ParkedEventRetried;
