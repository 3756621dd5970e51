import { accept, reject, type Decision } from '../shared/decider.js';
import type { CancellationFinished, EventCancelled } from './events.js';
import type { ScheduledEvent } from './state.js';

export interface CancelEvent {
  readonly type: 'CancelEvent';
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
/** Everybody has the money back. */
export interface FinishCancellation {
  readonly type: 'FinishCancellation';
  readonly sales: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** In order of precedence. */
export type CancelEventRejection =
  { readonly code: 'event-not-found' } | { readonly code: 'event-not-cancelled' };

/** An event is cancelled once, for good. */
export function decideCancellation(
  command: CancelEvent | FinishCancellation,
  event: ScheduledEvent,
): Decision<EventCancelled | CancellationFinished, CancelEventRejection> {
  if (!event) return reject({ code: 'event-not-found' });
  const { eventId, cancellation } = event;
  const at = new Date(command.now).toISOString();
  if (command.type === 'CancelEvent') {
    if (cancellation) return accept();
    return accept({
      type: 'EventCancelled',
      data: { eventId, reason: command.reason, cancelledAt: at },
    });
  }
  if (!cancellation) return reject({ code: 'event-not-cancelled' });
  if (cancellation.finishedAt) return accept();
  return accept({
    type: 'CancellationFinished',
    data: { eventId, sales: command.sales, finishedAt: at },
  });
}
