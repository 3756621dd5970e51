import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http';
import { connect, Socket, type AddressInfo } from 'node:net';
import { SeatStatusStreams } from '../../../src/http/seat-inventory/seat-status-streams.js';
import type { SeatStatusDelta } from '../../../src/read-models/seat-inventory/seat-status-board.js';
import { startApp, type TestApp } from '../../support/app.js';
import { itOnInTestNode } from '../../support/eventstoredb/eventstoredb-server.js';
import { onSale, reserve, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { countDomainEvents } from '../../support/problems.js';

describe('more buyers than an inventory lets wait', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp('eventstoredb', { WRITER_MAX_MAILBOX: '1', WRITER_MAX_BATCH: '1' });
  });
  afterAll(() => app.close());

  itOnInTestNode('are immediately asked to retry, and can with the same key', async () => {
    const { path } = await onSale(app, smallPlan(5, 20));
    await reserve(app, path, await app.token('anna', 'customer'), { seatIds: ['E-20'] });
    const tokens = await Promise.all(
      Array.from({ length: 10 }, (_, at) => app.token(`buyer-${at}`, 'customer')),
    );
    app.node!.inTest!.delayAppends(1_000);
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

describe('an unavailable event store', () => {
  let app: TestApp;
  beforeAll(async () => (app = await startApp('eventstoredb')));
  afterAll(() => app.close());

  it('answers 503 and sells nothing until it is available again', async () => {
    const { path } = await onSale(app, smallPlan(1, 4));
    const token = await app.token('anna', 'customer');
    await reserve(app, path, token, { seatIds: ['A-1'] });
    const before = await countDomainEvents(app);
    await app.node!.cut(true);
    const refused = await reserve(app, path, token, { seatIds: ['A-2'] }, 'while-away');
    expect(refused.status).toBe(503);
    expect(['event-store-unavailable', 'outcome-unknown']).toContain(refused.body.code);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await app.node!.cut(false);
    expect(await countDomainEvents(app)).toBe(before);
    let again = refused;
    for (let tries = 0; tries < 250 && again.status === 503; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      again = await reserve(app, path, token, { seatIds: ['A-2'] }, 'while-away');
    }
    expect(again).toMatchObject({ status: 201, body: { seatIds: ['A-2'] } });
    expect(await countDomainEvents(app)).toBe(before + 1);
  });
});

describe('a live feed of one client', () => {
  /** Far more than all buffers between server and client hold. */
  const FRAME = Buffer.from(`data: ${'x'.repeat(1024 * 1024)}\n\n`);
  let server: Server;
  let streams: SeatStatusStreams;
  let taken = 0;

  /** Endless changes, as fast as they are read. */
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

  const serve = async (live: ConstructorParameters<typeof SeatStatusStreams>[0]) => {
    streams = new SeatStatusStreams(live, { slowClientMs: 300, heartbeatMs: 50 });
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

  it('that reads nothing is closed, with little memory used', async () => {
    const socket = await serve({ changes });
    await once(server, 'request');
    for (let waited = 0; streams.open > 0 && waited < 100; waited++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(streams.open).toBe(0);
    expect(taken).toBeLessThan(50);
    socket.destroy();
  });

  it('starts at the current revision, is kept open by comments, and ends at shutdown', async () => {
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

  it('that disconnects before it starts counts for nothing', async () => {
    let board = () => {};
    const boardRead = new Promise<void>((resolve) => (board = resolve));
    streams = new SeatStatusStreams({ changes: silence }, { maxStreams: 1 });
    const served = new Promise<boolean>((resolve) => {
      server = createServer(async (request, response) => {
        const admitted = streams.admit(response, '127.0.0.1');
        request.socket.once('close', board);
        await boardRead;
        await streams.serve(response, 'event', 7);
        resolve(admitted);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.end('GET / HTTP/1.1\r\nhost: x\r\n\r\n', () => socket.resetAndDestroy());
    expect(await served).toBe(true);
    expect(streams.open).toBe(0);
    expect(streams.admit(unanswered(), '127.0.0.1')).toBe(true);
  });
});

const unanswered = () => new ServerResponse(new IncomingMessage(new Socket()));

describe('the limit of live feeds', () => {
  let streams: SeatStatusStreams;
  beforeEach(
    () => (streams = new SeatStatusStreams({ changes: async function* () {} }, { maxStreams: 30 })),
  );
  afterEach(() => streams.onModuleDestroy());

  const admitted = (...addresses: string[]) =>
    addresses.map((address) => streams.admit(unanswered(), address));

  it('counts a feed before the first wait, so that simultaneous requests do not exceed it', () => {
    const crowd = Array.from({ length: 40 }, () => '10.0.0.7');
    expect(admitted(...crowd).filter((has) => has)).toHaveLength(30);
  });

  it.each([
    ['an IPv4 address', '203.0.113.5', '203.0.113.5', '203.0.113.6'],
    ['an IPv4 address, written as IPv6', '::ffff:203.0.113.5', '203.0.113.5', '::ffff:203.0.113.6'],
    ['the /64 of an IPv6 address', '2001:db8:1:2::a', '2001:db8:1:2:3:4:5:6', '2001:db8:2:3::a'],
    ['the /56 of an IPv6 address', '2001:db8:1:200::a', '2001:db8:1:2ff::a', '2001:db8:2::a'],
    ['the /48 of an IPv6 address', '2001:db8:1::a', '2001:db8:1:ffff::a', '2001:db8:2::a'],
  ])('allows %s up to half of the free feeds', (_, first, same, other) => {
    const alone = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? first : same));
    expect(admitted(...alone).filter((has) => has)).toHaveLength(10);
    expect(admitted(first, same, other)).toEqual([false, false, true]);
  });

  it('is not exhausted by ten addresses, nor by any number of networks of one /48', () => {
    const take = (addressOf: (at: number) => string, addresses: number) =>
      admitted(
        ...Array.from({ length: addresses * 30 }, (_, at) => addressOf(at % addresses)),
      ).filter((has) => has).length;
    expect(take((at) => `2001:db8:1:${at.toString(16)}::a`, 80)).toBe(10);
    expect(take((at) => `203.0.113.${at}`, 10)).toBeLessThan(20);
    expect(admitted('198.51.100.1')).toEqual([true]);
  });

  it('frees a feed when the answer closes', () => {
    const answers = Array.from({ length: 10 }, unanswered);
    for (const answer of answers) streams.admit(answer, '203.0.113.5');
    expect(admitted('203.0.113.5')).toEqual([false]);
    for (const answer of answers.slice(0, 2)) answer.emit('close');
    expect(admitted('203.0.113.5', '203.0.113.5', '203.0.113.5')).toEqual([true, true, false]);
  });

  it.each([
    '127.0.0.1',
    '::1',
    '::ffff:10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    'fd00::1',
    'fe80::1%eth0',
  ])('does not count %s, a load balancer', (address) =>
    expect(admitted(...Array<string>(30).fill(address)).every((has) => has)).toBe(true),
  );
});
