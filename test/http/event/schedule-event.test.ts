import type { CommandContext } from '../../../src/commands/shared/context.js';
import { ChangeEventCommand } from '../../../src/commands/event/change-event.js';
import { ScheduleEventCommand } from '../../../src/commands/event/schedule-event.js';
import { systemClock } from '../../../src/adapters/system/clock.js';
import type { EventRequest } from '../../../src/http/event/event-requests.js';
import { scheduleEvent, type EventParts } from '../../../src/http/event/schedule-event.js';

const REQUEST: EventRequest = {
  name: 'Hamlet',
  venueId: 'v1',
  startsAt: '2036-06-11T21:00:00+02:00',
  prices: [{ category: 'Stalls', amountMinor: 4_500, currency: 'EUR' }],
};
const context = { commandId: 'c1', actor: { id: 'olga', role: 'organizer' } } as CommandContext;

/** Answers each command with the next outcome, and records the commands. */
function partsWith(...outcomes: object[]) {
  const executed: unknown[] = [];
  const commands = {
    execute: async (command: unknown) => {
      executed.push(command);
      return outcomes.shift();
    },
  } as EventParts['commands'];
  const parts: EventParts = { commands, events: {} as EventParts['events'], clock: systemClock };
  return { parts, executed };
}

const scheduled = { accepted: true, eventId: 'e1', seatCount: 4, revision: 0n, existed: false };

describe('scheduling an event', () => {
  it('sends times in UTC and answers without `changed` if there is no external id', async () => {
    const { parts, executed } = partsWith(scheduled);
    expect(await scheduleEvent(parts, REQUEST, { context, waits: false })).toEqual({
      existed: false,
      event: { eventId: 'e1', seatCount: 4, revision: 0 },
    });
    expect(executed).toEqual([expect.any(ScheduleEventCommand)]);
    expect(executed[0]).toMatchObject({ event: { startsAt: '2036-06-11T19:00:00.000Z' } });
  });

  it('changes an event that exists, and removes the values of missing fields', async () => {
    const { parts, executed } = partsWith(
      { ...scheduled, existed: true },
      { accepted: true, written: false },
    );
    const request = { ...REQUEST, externalId: 'season/1' };
    expect(await scheduleEvent(parts, request, { context, waits: false })).toEqual({
      existed: true,
      event: { eventId: 'e1', seatCount: 4, revision: 0, changed: false },
    });
    expect(executed[1]).toBeInstanceOf(ChangeEventCommand);
    expect(executed[1]).toMatchObject({
      eventId: 'e1',
      changes: {
        name: 'Hamlet',
        category: null,
        description: null,
        performers: [],
        onSaleAt: null,
      },
    });
  });

  it('rejects a start in the past as an invalid field', async () => {
    const { parts } = partsWith({ accepted: false, rejection: { code: 'start-in-the-past' } });
    await expect(scheduleEvent(parts, REQUEST, { context, waits: false })).rejects.toMatchObject({
      code: 'validation-failed',
      members: { errors: [{ path: '/startsAt' }] },
    });
  });
});
