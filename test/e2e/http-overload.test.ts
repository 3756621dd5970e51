import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { openSeatStatusStreams, type SeatStatusStreams } from '../../src/http/seat-status-streams.js';
import type { SeatStatusDelta } from '../../src/read-models/seat-status-board.js';
import { startApp, type TestApp } from '../support/app.js';
import { onSale, reserve, smallHouse } from '../support/houses.js';
import { countDomainEvents } from '../support/refusals.js';

describe('more buyers than an inventory lets wait', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp('eventstoredb', { WRITER_MAX_MAILBOX: '1', WRITER_MAX_BATCH: '1' });
  });
  afterAll(() => app.close());

  it('are told at once to come back, and can with the same key', async () => {
    const { path } = await onSale(app, smallHouse(5, 20));
    await reserve(app, path, await app.token('anna', 'customer'), { seatIds: ['E-20'] });
    const tokens = await Promise.all(
      Array.from({ length: 10 }, (_, at) => app.token(`buyer-${at}`, 'customer')),
    );
    app.node!.delayAppends(1_000);
    const answers = await Promise.all(
      tokens.map((token, at) => reserve(app, path, token, { seatIds: [`A-${at + 1}`] }, 'my-key')),
    );
    const full = answers.findIndex(({ status }) => status === 503);
    expect(answers[full]).toMatchObject({ status: 503, body: { code: 'mailbox-full' } });
    expect(answers[full]!.headers.get('retry-after')).toBe('1');
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(3);
    const again = await reserve(app, path, tokens[full]!, { seatIds: ['D-1'] }, 'my-key');
    expect(again.status).toBe(201);
  });
});

describe('an event store that is away', () => {
  let app: TestApp;
  beforeAll(async () => (app = await startApp('eventstoredb')));
  afterAll(() => app.close());

  it('costs a 503 that says so, sells nothing, and is forgotten once it is back', async () => {
    const { path } = await onSale(app, smallHouse(1, 4));
    const token = await app.token('anna', 'customer');
    await reserve(app, path, token, { seatIds: ['A-1'] });
    const before = await countDomainEvents(app);
    app.node!.refuseCalls(true);
    app.node!.dropConnections();
    const refused = await reserve(app, path, token, { seatIds: ['A-2'] }, 'while-away');
    expect(refused.status).toBe(503);
    expect(['event-store-unavailable', 'outcome-unknown']).toContain(refused.body.code);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    app.node!.refuseCalls(false);
    expect(await countDomainEvents(app)).toBe(before);
    let again = refused;
    for (let tries = 0; tries < 50 && again.status === 503; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      again = await reserve(app, path, token, { seatIds: ['A-2'] }, 'while-away');
    }
    expect(again).toMatchObject({ status: 201, body: { seatIds: ['A-2'] } });
    expect(await countDomainEvents(app)).toBe(before + 1);
  });
});

describe('a live feed of one client', () => {
  /** Far more than all buffers between the two hold. */
  const FRAME = Buffer.from(`data: ${'x'.repeat(1024 * 1024)}\n\n`);
  let server: Server;
  let streams: SeatStatusStreams;
  let taken = 0;

  /** Changes without end, as fast as they are taken. */
  async function* changes(_eventId: string, { signal }: { signal: AbortSignal }) {
    while (!signal.aborted) {
      taken++;
      yield { revision: taken, changes: [], frame: FRAME } satisfies SeatStatusDelta;
    }
  }
  async function* silence(_eventId: string, { signal }: { signal: AbortSignal }) {
    if (!signal.aborted) await once(signal, 'abort');
    yield* [] as SeatStatusDelta[];
  }

  const serve = async (live: Parameters<typeof openSeatStatusStreams>[0]) => {
    streams = openSeatStatusStreams(live, { slowClientMs: 300, heartbeatMs: 50 });
    server = createServer((_request, response) => void streams.serve(response, 'event', 7));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    return socket;
  };
  afterEach(() => {
    streams.onModuleDestroy();
    server.closeAllConnections();
    server.close();
  });

  it('that reads nothing is dropped, and little was kept for it', async () => {
    const socket = await serve({ changes });
    await once(server, 'request');
    for (let waited = 0; streams.open > 0 && waited < 100; waited++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(streams.open).toBe(0);
    expect(taken).toBeLessThan(50);
    socket.destroy();
  });

  it('begins with its place, is kept open by comments, and ends with the server', async () => {
    const socket = await serve({ changes: silence });
    socket.setEncoding('utf8');
    let text = '';
    socket.on('data', (part) => (text += part));
    while (!text.includes(': still here')) await once(socket, 'data');
    expect(text).toMatch(/retry: 2000\nid: 7\n\n/);
    expect(streams.open).toBe(1);
    streams.onModuleDestroy();
    while (streams.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(text).toMatch(/0\r\n\r\n$|still here/);
    socket.destroy();
  });
});
