import pg from 'pg';
import * as unmatched from '../../src/read-models/payment/unmatched-notifications.js';
import type { NoticeProblem } from '../../src/ports/payment/payment-gateway.js';
import { freshDatabase, type FreshDatabase } from '../support/services/database.js';

describe('Unmatched payment notices', () => {
  let database: FreshDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await freshDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 1 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const keep = (noticeId: string, problem: NoticeProblem) =>
    unmatched.openUnmatchedNotifications(pool).keep({
      ...{ provider: 'stripe', noticeId, problem, type: 'payment_intent.succeeded' },
      ...{ reference: null, eventId: null, reservationId: null, amount: null },
    });

  it('are listed with payments of others last, however many there are', async () => {
    const notices = unmatched.openUnmatchedNotifications(pool);
    for (const id of ['others-1', 'others-2']) await keep(id, 'names-no-payment');
    await keep('ours', 'payment-amount-mismatch');
    expect((await notices.open(2)).map(({ noticeId }) => noticeId)).toEqual(['ours', 'others-1']);
  });

  it('are deleted half a year after they were resolved', async () => {
    const notices = unmatched.openUnmatchedNotifications(pool);
    for (const id of ['old', 'recent', 'new']) await keep(id, 'incomplete');
    for (const id of ['old', 'recent']) await notices.resolve('stripe', id, 'olga');
    for (const [id, days] of [
      ['old', 181],
      ['recent', 179],
    ] as const)
      await pool.query(
        `update unmatched_payment_notices set resolved_at = now() - make_interval(days => $2)
         where notice_id = $1`,
        [id, days],
      );
    expect(await notices.resolve('stripe', 'new', 'olga')).toBe(true);
    expect(await notices.resolve('stripe', 'old', 'olga')).toBe(false);
    expect(await notices.resolve('stripe', 'recent', 'olga')).toBe(true);
  });
});
