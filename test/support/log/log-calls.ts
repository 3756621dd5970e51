import { POOL } from '../../../src/adapters/postgres/tokens.js';
import type { Reply, TestApp } from '../app.js';
import { confirm, reserve } from '../seat-inventory/event-on-sale.js';
import { until } from '../read-side.js';

type Check = (
  method: string,
  path: string,
  status: number,
  asked: Promise<Reply>,
) => Promise<Reply['body']>;

/**
 * Removes the newest sale from the log, in Postgres, and makes each call of the log API. Must run
 * last: nothing is sold afterwards.
 */
export async function checkLog(
  app: TestApp,
  path: string,
  buyer: string,
  check: Check,
): Promise<void> {
  const pool = app.get(POOL);
  const operator = await app.token('otto', 'operator');
  const look = (what = '') => app.ask('GET', `/v1/ops/log${what}`, { token: operator });
  const last = 'select max(position)::int as position from domain_events';
  const [backup] = (await pool.query<{ position: number }>(last)).rows;
  const { reservationId } = (await reserve(app, path, buyer, { bestAvailable: { quantity: 1 } }))
    .body as {
    reservationId: string;
  };
  expect((await confirm(app, path, buyer, reservationId)).status).toBe(200);
  const paid = 'select from payments where reservation_id = $1 and kept_minor > 0';
  await until(async () => (await pool.query(paid, [reservationId])).rowCount === 1);
  await pool.query('delete from domain_events where position > $1', [backup!.position]);
  const accept = () => app.ask('POST', '/v1/ops/log/accept', { token: operator });
  await check('post', '/v1/ops/log/accept', 202, accept());
  await until(async () => (await look()).body.log.state === 'ok');
  await check('get', '/v1/ops/log', 200, look());
  const { losses } = await check('get', '/v1/ops/log/losses', 200, look('/losses'));
  expect(losses).not.toEqual([]);
}
