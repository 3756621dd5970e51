import { once } from 'node:events';
import { connect } from 'node:net';
import { systemClock } from '../../../src/adapters/system/clock.js';
import { startApp } from '../../support/app.js';
import { onSale, smallPlan } from '../../support/seat-inventory/event-on-sale.js';

describe('a server that shuts down', () => {
  it('closes open connections at once and finishes the requests in progress', async () => {
    const app = await startApp('postgres');
    const { path } = await onSale(app, smallPlan(1, 2));
    const silent = connect(Number(new URL(app.url).port), '127.0.0.1');
    await once(silent, 'connect');
    const feed = await fetch(`${app.url}${path}/seat-status/stream`);
    const inProgress = Promise.all(Array.from({ length: 20 }, () => app.ask('GET', path)));
    await app.ask('GET', '/health/live');
    const started = Date.now();
    const [answers] = await Promise.all([inProgress, app.close()]);
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    await expect(feed.text()).resolves.toContain('retry: ');
  });

  it('ends in time although a client never completes its request', async () => {
    const app = await startApp('postgres', { SHUTDOWN_SECONDS: '2' });
    const slow = connect(Number(new URL(app.url).port), '127.0.0.1');
    slow.on('error', () => {});
    slow.write(
      'POST /v1/dev/tokens HTTP/1.1\r\nhost: x\r\n' +
        'content-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    );
    await app.ask('GET', '/health/live');
    const started = Date.now();
    await app.close();
    expect(Date.now() - started).toBeLessThan(2_500);
  });

  it('finishes requests of disconnected clients before it closes the stores', async () => {
    const app = await startApp('postgres', { LOG_LEVEL: 'warn', DATABASE_POOL_SIZE: '5' });
    const { path } = await onSale(app, smallPlan(20, 20));
    const tokens = await Promise.all(
      Array.from({ length: 400 }, (_, at) => app.token(`buyer-${at}`, 'customer')),
    );
    const leaving = new AbortController();
    const ask = async (token: string, at: number) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': 'my-key',
      };
      const body = JSON.stringify({ seatIds: [`${ROWS[at % 20]}-${1 + Math.floor(at / 20)}`] });
      const url = `${app.url}${path}`;
      const { signal } = leaving;
      await fetch(`${url}/reservations`, { method: 'POST', headers, body, signal });
      await fetch(`${app.url}/v1/me/reservations`, { headers, signal });
    };
    const logged = await logDuring(async () => {
      const asked = tokens.map((token, at) => ask(token, at).catch(() => undefined));
      await Promise.race(asked);
      leaving.abort();
      await app.close();
      // A handler that still runs would fail within this time.
      await systemClock.sleep(300);
    });
    expect(logged).toBe('');
  });
});

const ROWS = 'ABCDEFGHIJKLMNOPQRST';

/** Returns what is logged while the work is done. */
async function logDuring(work: () => Promise<void>): Promise<string> {
  const streams = [process.stdout, process.stderr].map((stream) => ({
    stream,
    write: stream.write,
  }));
  let logged = '';
  for (const { stream } of streams)
    stream.write = ((text: string) => Boolean((logged += text))) as typeof stream.write;
  try {
    await work();
  } finally {
    for (const { stream, write } of streams) stream.write = write;
  }
  return logged;
}
