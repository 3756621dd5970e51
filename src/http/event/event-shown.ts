import { isDeepStrictEqual } from 'node:util';
import type { EventChanges } from '../../domain/event/commands.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventQueries, EventView } from '../../read-models/event/events-queries.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { ASKED_WAIT_MS } from '../platform/freshness.js';

/** Waits until the read model shows the changes, at most `ASKED_WAIT_MS`. */
export async function untilShown(
  events: EventQueries,
  clock: Clock,
  eventId: string,
  changes: EventChanges,
): Promise<void> {
  const find = async () => {
    const event = await events.event(eventId);
    return event && shows(event, changes) ? event : undefined;
  };
  await untilVisible(find, ASKED_WAIT_MS, clock);
}

/** Fields that the read model has only while they are on. */
const SWITCHES = ['requireContactToHold', 'autoWaitingRoom'];

function shows(event: EventView, { timeZone, ...changes }: EventChanges): boolean {
  const zone = timeZone === undefined || event.timeZone === (timeZone ?? event.venue.timeZone);
  const asShown = Object.entries(changes).every(([field, value]) =>
    isDeepStrictEqual(
      event[field as keyof EventView] ?? (SWITCHES.includes(field) ? false : null),
      value,
    ),
  );
  return zone && asShown;
}
