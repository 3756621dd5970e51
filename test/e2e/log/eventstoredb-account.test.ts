import { SUBSCRIPTION_STATS } from '../../../src/ports/shared/tokens.js';
import { startApp, type TestApp } from '../../support/app.js';
import { numbered } from '../../support/log/domain-events.js';
import { until } from '../../support/read-side.js';
import { openEventStoreDbNode, type EventStoreDbNode } from '../../support/eventstoredb-node.js';
import { describeOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';

describeOnInTestNode('the account and the version of EventStoreDB', () => {
  let node: EventStoreDbNode;
  beforeEach(async () => (node = await openEventStoreDbNode()));
  afterEach(() => node.close());

  const start = (server = node) =>
    startApp('eventstoredb', {
      EVENTSTORE_URL: server.connectionString.replace('esdb://', 'esdb://shop:secret@'),
    });

  it.each([
    ['permission-denied', 'The account "shop" may not read $all'],
    ['unauthenticated', 'The account "shop" cannot log in to EventStoreDB'],
  ] as const)(
    '%s: the service does not start, and names the account and what it lacks',
    async (denial, message) => {
      node.deny(denial);
      await expect(start()).rejects.toThrow(message);
    },
  );

  it('a server that is too old: the service does not start', async () => {
    const old = await openEventStoreDbNode({ version: '22.10.5' });
    await expect(start(old)).rejects.toThrow('EventStoreDB 23.10 or later is required');
    await old.close();
  });

  it('a server that does not answer: the service starts, and is not ready', async () => {
    node.refuseCalls(true);
    const app = await start();
    expect((await app.ask('GET', '/health/ready')).status).toBe(503);
    node.refuseCalls(false);
    await expectReady(app);
    await app.close();
  });

  it('an account that loses its permission: not ready, with the state of the log', async () => {
    const app = await start();
    await expectReady(app);
    node.deny('permission-denied');
    const denied = await app.ask('GET', '/health/ready');
    expect(denied).toMatchObject({ status: 503, body: { checks: { log: 'forbidden' } } });
    node.deny(undefined);
    await expectReady(app);
    await app.close();
  });

  it('a metric counts subscriptions that were cut because they were too slow', async () => {
    const app = await start();
    await expectReady(app);
    const metric = async () => {
      const { body } = await app.ask('GET', '/metrics');
      return Number(/\nboxoffice_event_store_consumer_too_slow_total (\d+)/.exec(body)?.[1]);
    };
    expect(await metric()).toBe(0);
    await until(async () => {
      // More than the 32 that the server keeps.
      node.seed('venue-1', numbered(64));
      return (await metric()) > 0;
    });
    expect(await metric()).toBe(app.get(SUBSCRIPTION_STATS).consumerTooSlow);
    await app.close();
  });
});

const expectReady = (app: TestApp) =>
  until(async () => (await app.ask('GET', '/health/ready')).status === 200);
