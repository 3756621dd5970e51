import type { CommandBus } from '@nestjs/cqrs';
import { ChangeEventCommand } from '../../commands/event/change-event.js';
import { ScheduleEventCommand, type EventToSchedule } from '../../commands/event/schedule-event.js';
import { derivedId, type CommandContext } from '../../commands/shared/context.js';
import type { EventChanges } from '../../domain/event/commands.js';
import type { Clock } from '../../ports/system/clock.js';
import type { EventQueries } from '../../read-models/event/events-queries.js';
import { untilVisible } from '../../read-models/tables/visible.js';
import { ASKED_WAIT_MS } from '../platform/freshness.js';
import { accepted } from '../problems/problems.js';
import { invalid, type FieldError } from '../validation/validate.js';
import type { ExistingEvent, ScheduledEvent } from './event-answers.js';
import type { EventRequest, PriceRequest } from './event-requests.js';
import { untilShown } from './event-shown.js';

export interface EventParts {
  readonly commands: Pick<CommandBus, 'execute'>;
  readonly events: EventQueries;
  readonly clock: Clock;
}

const START_IS_PAST: FieldError = {
  path: '/startsAt',
  message: 'must be in the future: an event that has begun cannot be scheduled',
};

export interface Scheduling {
  readonly context: CommandContext;
  /** Whether to wait until the read model shows the event. */
  readonly waits: boolean;
}

/**
 * Schedules an event. With an `externalId` that the account has used before, changes that event to
 * what the request says: a field that is missing loses its value.
 * @throws Problem for a rejected command; `validation-failed` for a start in the past
 */
export async function scheduleEvent(
  parts: EventParts,
  body: EventRequest,
  { context, waits }: Scheduling,
): Promise<{ readonly existed: boolean; readonly event: ScheduledEvent | ExistingEvent }> {
  const { externalId } = body;
  const id = externalId && derivedId('event of an organiser', context.actor.id, externalId);
  const event = eventToSchedule(body);
  const outcome = await parts.commands.execute(
    new ScheduleEventCommand(event, context, id || undefined),
  );
  if (!outcome.accepted && outcome.rejection.code === 'start-in-the-past')
    throw invalid([START_IS_PAST]);
  const { eventId, seatCount, revision, existed } = accepted(outcome);
  const changed = existed
    ? await changeTo(parts, eventId, changesOf(event), { context, waits })
    : true;
  if (waits) await untilVisible(() => parts.events.event(eventId), ASKED_WAIT_MS, parts.clock);
  return {
    existed,
    event: { eventId, seatCount, revision: Number(revision), ...(id && { changed }) },
  };
}

/** Returns whether the event was changed. */
async function changeTo(
  { commands, events, clock }: EventParts,
  eventId: string,
  changes: EventChanges,
  { context, waits }: Scheduling,
): Promise<boolean> {
  const contextOfChange = { ...context, commandId: derivedId(context.commandId, 'change') };
  const command = new ChangeEventCommand(eventId, changes, contextOfChange);
  const { written } = accepted(await commands.execute(command));
  if (written && waits) await untilShown(events, clock, eventId, changes);
  return written;
}

/** Returns a value for every field that can change. */
const changesOf = (event: EventToSchedule): EventChanges => ({
  name: event.name,
  startsAt: event.startsAt,
  salesEndMinutesAfterStart: event.salesEndMinutesAfterStart ?? 0,
  timeZone: event.timeZone ?? null,
  category: event.category ?? null,
  performers: event.performers ?? [],
  description: event.description ?? null,
  onSaleAt: event.onSaleAt ?? null,
  requireContactToHold: event.requireContactToHold ?? false,
  autoWaitingRoom: event.autoWaitingRoom ?? false,
});

/** Returns the event with times in UTC. */
const eventToSchedule = (body: EventRequest): EventToSchedule => ({
  name: body.name,
  venueId: body.venueId,
  startsAt: new Date(body.startsAt).toISOString(),
  salesEndMinutesAfterStart: body.salesEndMinutesAfterStart,
  timeZone: body.timeZone,
  category: body.category,
  performers: body.performers,
  description: body.description,
  prices: body.prices.map(({ category, amountMinor, currency, byRequest }: PriceRequest) => ({
    category,
    amountMinor,
    currency,
    byRequest,
  })),
  onSaleAt: body.onSaleAt ? new Date(body.onSaleAt).toISOString() : undefined,
  holdSeconds: body.holdSeconds,
  maxSeatsPerCustomer: body.maxSeatsPerCustomer,
  singleSeatRule: body.singleSeatRule,
  requireContactToHold: body.requireContactToHold,
  autoWaitingRoom: body.autoWaitingRoom,
});
