import type { Entry, History, Story } from '../../../src/audit/history.js';
import type { RefusedAttempt, RefusedAttempts } from '../../../src/audit/refused-attempts.js';
import type { Moment, TimeTravel } from '../../../src/audit/time-travel.js';
import type { SeatingPlans } from '../../../src/commands/seating-plan/seating-plans.js';
import { openAuditLookups, type AuditParts } from '../../../src/http/audit/audit-lookups.js';

const EVENT = 'e1';
const OPENED_AT = '2026-01-10T09:05:00.000Z';
const STORY: Story = { complete: true, entries: [{ revision: 1 } as Entry] };
const NOTHING: Story = { complete: true, entries: [] };
const ATTEMPT = { code: 'seats-unavailable' } as RefusedAttempt;
/** The sale has the revisions 0 to 2, at 10, 20 and 30 ms. */
const NEWEST = 2n;

const history: History = {
  opening: async (eventId) =>
    eventId === EVENT ? ({ openedAt: OPENED_AT, seatingPlanHash: 'h' } as never) : undefined,
  ofSeat: async () => STORY,
  ofReservation: async (_, reservationId) => (reservationId === 'r1' ? STORY : NOTHING),
  ofCustomer: async () => STORY,
  async *replay(_, from, to) {
    for (let revision = from; revision <= to; revision++)
      yield { revision: Number(revision) } as Entry;
  },
};
const refused: RefusedAttempts = {
  ofSeat: async () => [ATTEMPT],
  ofReservation: async (_: string, id: string) => (id === 'r2' ? [ATTEMPT] : []),
  ofCustomer: async () => [],
} as never;
const travel: TimeTravel = {
  newest: async (eventId: string) => (eventId === EVENT ? NEWEST : undefined),
  revisionAt: async (_: string, time: number) =>
    time < 10 ? undefined : BigInt(Math.min(2, Math.floor(time / 10) - 1)),
  at: async (_: string, revision: bigint) => ({ revision }) as Moment,
} as never;
const plans: SeatingPlans = {
  load: async () => ({ layout: { indexOf: new Map([['A-1', 0]]) } }),
} as never;

const parts: AuditParts = { history, refused, travel, plans };
const rejected = (code: string, members: object = {}) => expect.objectContaining({ code, members });

describe('lookups of the audit', () => {
  const lookups = openAuditLookups(parts);

  it('give the history of a seat with rejected requests', async () => {
    expect(await lookups.ofSeat(EVENT, 'A-1')).toEqual({ ...STORY, refused: [ATTEMPT] });
  });

  it('give the history of a reservation that has only rejected requests', async () => {
    expect(await lookups.ofReservation(EVENT, 'r2')).toEqual({ ...NOTHING, refused: [ATTEMPT] });
  });

  it.each<[string, () => Promise<unknown>, unknown]>([
    ['an unknown event', () => lookups.ofSeat('e2', 'A-1'), rejected('event-not-found')],
    ['an invalid event id', () => lookups.ofCustomer('a b', 'anna'), rejected('event-not-found')],
    ['an unknown seat', () => lookups.ofSeat(EVENT, 'Z-9'), rejected('seat-not-found')],
    [
      'an unknown reservation',
      () => lookups.ofReservation(EVENT, 'r3'),
      rejected('reservation-not-found'),
    ],
    ['a customer id with NUL', () => lookups.ofCustomer(EVENT, 'a\0'), rejected('not-found')],
    [
      'a time before the sale',
      () => lookups.at(EVENT, { time: 5 }),
      rejected('moment-before-history', { openedAt: OPENED_AT }),
    ],
    [
      'a revision after the newest',
      () => lookups.at(EVENT, { revision: 3n }),
      rejected('revision-not-reached', { newest: 2 }),
    ],
    [
      'a reversed range',
      () => lookups.between(EVENT, { revision: 2n }, { time: 10 }),
      rejected('range-reversed'),
    ],
    [
      'a replay after the newest revision',
      () => lookups.replay(EVENT, 3n, 9n),
      rejected('revision-not-reached', { newest: 2 }),
    ],
  ])('reject %s', async (_, lookUp, problem) => {
    await expect(lookUp()).rejects.toEqual(problem);
  });

  it('replay up to the newest revision', async () => {
    const { entries, leave } = await lookups.replay(EVENT, 1n, 9n);
    const revisions: number[] = [];
    for await (const { revision } of entries) revisions.push(revision);
    leave();
    expect(revisions).toEqual([1, 2]);
  });

  it('let four replays run, and another one once a replay has ended', async () => {
    const running = await Promise.all([1, 2, 3, 4].map(() => lookups.replay(EVENT, 0n, 2n)));
    await expect(lookups.replay(EVENT, 0n, 2n)).rejects.toEqual(rejected('audit-busy'));
    running[0]!.leave();
    (await lookups.replay(EVENT, 0n, 2n)).leave();
    for (const { leave } of running) leave();
  });
});
