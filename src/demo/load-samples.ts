import { setTimeout as pause } from 'node:timers/promises';
import type { CommandBus } from '@nestjs/cqrs';
import { derivedId, type CommandContext } from '../commands/shared/context.js';
import { RegisterVenueCommand } from '../commands/venue/register-venue.js';
import { ScheduleEventCommand } from '../commands/event/schedule-event.js';
import type { EventStore } from '../ports/event-store/event-store.js';
import { readSamples, sampleEvents } from './samples/read-samples.js';

/** Holds the one domain event that says that the samples are there. */
const SAMPLES_STREAM = 'samples-1';
/**
 * So that the process that loads them goes on answering requests between two plans. Milliseconds.
 */
const PAUSE_MS = 20;

export interface SampleProgress {
  /** Venues and events loaded, and how many there are. */
  readonly done: number;
  readonly total: number;
  readonly what: string;
}

/**
 * Undoes nothing and repeats nothing: ids follow from the samples' names, so a load cut short is
 * simply done again.
 */
export async function loadSamples(parts: {
  directory: string;
  bus: CommandBus;
  eventStore: EventStore;
  now: number;
  onProgress?: (progress: SampleProgress) => void;
  signal?: AbortSignal;
}): Promise<'loaded' | 'already there' | 'interrupted'> {
  const { bus, eventStore, onProgress = () => {}, signal } = parts;
  for await (const _ of eventStore.readStream(SAMPLES_STREAM, { maxCount: 1 }))
    return 'already there';
  const { venues, events } = sampleEvents(await readSamples(parts.directory), { now: parts.now });
  const total = venues.length + events.length;
  let done = 0;
  const step = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    if (signal?.aborted) return;
    onProgress({ done, total, what });
    await work();
    done++;
    await pause(PAUSE_MS);
  };
  for (const { key, body, seatingPlan } of venues) {
    await step(body.name, () =>
      register(bus, key, { ...body, seatingPlan: { source: seatingPlan() } }),
    );
  }
  for (const { venue, body } of events) {
    await step(body.name, () => schedule(bus, { ...body, venueId: sampleVenueId(venue) }));
  }
  if (signal?.aborted) return 'interrupted';
  const id = derivedId('samples', 'loaded');
  const { commandId, correlationId, causationId, actor } = contextOf('loaded');
  const metadata = {
    commandId,
    $correlationId: correlationId,
    $causationId: causationId,
    actor,
    schemaVersion: 1,
  };
  await eventStore.append(SAMPLES_STREAM, 'no-stream', [
    { id, type: 'SamplesLoaded', data: { total }, metadata },
  ]);
  onProgress({ done, total, what: 'all samples' });
  return 'loaded';
}

export const sampleVenueId = (key: string): string => derivedId('sample venue', key);

async function register(
  bus: CommandBus,
  key: string,
  venue: RegisterVenueCommand['venue'],
): Promise<void> {
  const outcome = await bus.execute(
    new RegisterVenueCommand(venue, contextOf(`venue ${key}`), sampleVenueId(key)),
  );
  if (!outcome.accepted)
    throw new Error(`Sample venue ${key} was refused: ${JSON.stringify(outcome.rejection)}`);
}

async function schedule(bus: CommandBus, event: ScheduleEventCommand['event']): Promise<void> {
  // By name only: the start depends on the day of the load, and an interrupted load may continue on
  // another day.
  const eventId = derivedId('sample event', event.name);
  const outcome = await bus.execute(
    new ScheduleEventCommand(event, contextOf(`event ${eventId}`), eventId),
  );
  if (!outcome.accepted)
    throw new Error(`Sample event ${event.name} was refused: ${JSON.stringify(outcome.rejection)}`);
}

function contextOf(what: string): CommandContext {
  const commandId = derivedId('samples', what);
  return {
    commandId,
    correlationId: commandId,
    causationId: commandId,
    actor: { id: 'samples', role: 'system' },
  };
}
