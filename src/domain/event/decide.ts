import { reject, type Decider, type Decision } from '../shared/decider.js';
import type { Venue } from '../venue/state.js';
import { cancelEvent, finishCancellation } from './cancel.js';
import { changeEvent } from './change.js';
import type { EventCommand, EventRejection } from './commands.js';
import type { EventEvent } from './events.js';
import { scheduleEvent } from './schedule.js';
import { evolveEvent, type ScheduledEvent } from './state.js';

/** The venue is needed to schedule an event only. */
export const eventDecider: Decider<
  ScheduledEvent,
  EventCommand,
  EventEvent,
  EventRejection,
  Venue | void
> = {
  initial: () => undefined,
  evolve: evolveEvent,
  decide: (command, event, venue) => decideEvent(command, event, venue ?? undefined),
};

export function decideEvent(
  command: EventCommand,
  event: ScheduledEvent,
  venue?: Venue,
): Decision<EventEvent, EventRejection> {
  if (command.type === 'ScheduleEvent') return scheduleEvent(command, event, venue);
  if (!event) return reject({ code: 'event-not-found' });
  switch (command.type) {
    case 'ChangeEvent':
      return changeEvent(command, event);
    case 'CancelEvent':
      return cancelEvent(command, event);
    case 'FinishCancellation':
      return finishCancellation(command, event);
  }
}
