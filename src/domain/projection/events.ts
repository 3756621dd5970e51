import type { DomainEvent } from '../shared/domain-event.js';

export const PROJECTION = 'projection-';
/** What operators have done to a projection. */
export const projectionStream = (name: string): string => PROJECTION + name;

interface OfGeneration {
  readonly projection: string;
  readonly version: number;
  readonly generation: number;
}

interface OfParkedEvent {
  readonly projection: string;
  readonly stream: string;
  readonly revision: number;
  readonly eventId: string;
  readonly type: string;
}

/** Times are ISO 8601; who it was stands in the metadata. */
export type RebuildStarted = DomainEvent<
  'RebuildStarted',
  OfGeneration & { readonly acceptDifference: boolean; readonly startedAt: string }
>;
export type RebuildCancelled = DomainEvent<
  'RebuildCancelled',
  OfGeneration & { readonly cancelledAt: string }
>;
export type DifferenceAccepted = DomainEvent<
  'DifferenceAccepted',
  OfGeneration & { readonly acceptedAt: string }
>;
export type SwitchBackStarted = DomainEvent<
  'SwitchBackStarted',
  OfGeneration & { readonly startedAt: string }
>;
/** It is left out of the projection, in every later building too. */
export type ParkedEventSkipped = DomainEvent<
  'ParkedEventSkipped',
  OfParkedEvent & { readonly reason: string; readonly skippedAt: string }
>;
export type ParkedEventRetried = DomainEvent<
  'ParkedEventRetried',
  OfParkedEvent & { readonly retriedAt: string }
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
