import pg from 'pg';
import { systemClock } from '../../src/adapters/system/clock.js';
import {
  openRefusedAttempts,
  type RefusedAttempt,
  type RefusedLimits,
} from '../../src/audit/refused-attempts.js';
import { freshDatabase } from '../support/services/database.js';
import { until } from '../support/read-side.js';

const attempt = (n: number, changes: Partial<RefusedAttempt> = {}): RefusedAttempt => ({
  ...{ eventId: 'event-1', at: Date.now(), code: 'seats-unavailable', asked: 'POST /reservations' },
  ...{
    accountId: `account-${n}`,
    seatIds: ['A-1', 'A-2'],
    reservationId: null,
    addressHash: 'hash',
  },
  ...{ userAgent: `"quoted", 'odd'`, correlationId: `request-${n}` },
  ...changes,
});

describe('refused attempts', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await freshDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 2 });
  });
  beforeEach(() => pool.query('truncate refused_attempts'));
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const open = (limits: Partial<RefusedLimits> = {}, warn: (message: string) => void = () => {}) =>
    openRefusedAttempts({ pool, clock: systemClock, limits: { everyMs: 5, ...limits }, warn });
  const rows = async () =>
    Number(
      (await pool.query<{ n: string }>('select count(*)::text as n from refused_attempts')).rows[0]!
        .n,
    );

  it('are found by seat, reservation and customer of their event, oldest first', async () => {
    const attempts = open();
    attempts.note(attempt(1));
    attempts.note(attempt(2, { reservationId: 'r-1', seatIds: [] }));
    attempts.note(attempt(1, { eventId: 'event-2' }));
    attempts.note(attempt(3, { seatIds: ['A-2'] }));
    await attempts.close();
    const accounts = (found: RefusedAttempt[]) => found.map(({ accountId }) => accountId);
    expect(accounts(await attempts.ofSeat('event-1', 'A-2'))).toEqual(['account-1', 'account-3']);
    expect(accounts(await attempts.ofSeat('event-1', 'A-1'))).toEqual(['account-1']);
    expect(accounts(await attempts.ofReservation('event-1', 'r-1'))).toEqual(['account-2']);
    const [first] = await attempts.ofCustomer('event-1', 'account-1');
    expect(first).toEqual({ ...attempt(1), at: first!.at });
    expect(attempts.dropped()).toBe(0);
  });

  it('are dropped and counted beyond the limit', async () => {
    const attempts = open({ maxWaiting: 10, maxPerBatch: 10, everyMs: 60_000 });
    await until(() => true);
    for (let n = 0; n < 25_000; n++) attempts.note(attempt(n));
    await attempts.close();
    expect((await rows()) + attempts.dropped()).toBe(25_000);
    expect(await rows()).toBeLessThanOrEqual(20);
  });

  it('are limited in number and age', async () => {
    const writing = open({ maxRows: 1_000 });
    for (let n = 0; n < 50; n++)
      writing.note(attempt(n, { at: n < 20 ? Date.now() - 10_000 : Date.now() }));
    await writing.close();
    expect(await rows()).toBe(50);
    const thinning = open({ maxAgeMs: 5_000, maxRows: 10 });
    await until(async () => (await rows()) === 10);
    await thinning.close();
    const { rows: left } = await pool.query<{ account_id: string }>(
      'select account_id from refused_attempts order by id',
    );
    expect(left.at(0)!.account_id).toBe('account-40');
  });

  it('are dropped when the database fails, with one log line', async () => {
    const said: string[] = [];
    const attempts = open({}, (message) => void said.push(message));
    attempts.note(attempt(1, { at: Number.NaN }));
    await until(() => attempts.dropped() === 1);
    attempts.note(attempt(2));
    await attempts.close();
    expect(
      said.filter((message) => message.startsWith('refused attempts not written')),
    ).toHaveLength(1);
    expect(await rows()).toBe(1);
  });
});
