import { accept, reject, type Decision } from '../shared/decider.js';
import type { CancelEvent, EventRejection, FinishCancellation } from './commands.js';
import type { CancellationFinished, EventCancelled } from './events.js';
import type { PlannedEvent } from './state.js';

/** An event is canceled once, for good. */
export function cancelEvent(
  { reason, now }: CancelEvent,
  { eventId, cancellation }: PlannedEvent,
): Decision<EventCancelled, EventRejection> {
  if (cancellation) return accept();
  const cancelledAt = new Date(now).toISOString();
  return accept({ type: 'EventCancelled', data: { eventId, reason, cancelledAt } });
}

export function finishCancellation(
  { sales, now }: FinishCancellation,
  { eventId, cancellation }: PlannedEvent,
): Decision<CancellationFinished, EventRejection> {
  if (!cancellation) return reject({ code: 'event-not-cancelled' });
  if (cancellation.finishedAt) return accept();
  const finishedAt = new Date(now).toISOString();
  return accept({ type: 'CancellationFinished', data: { eventId, sales, finishedAt } });
}
