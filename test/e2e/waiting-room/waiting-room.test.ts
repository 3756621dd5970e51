import { ADMISSIONS } from '../../../src/ports/shared/tokens.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { EVENT, onSale } from '../../support/seat-inventory/event-on-sale.js';

const ROOM = { admitPerMinute: 6_000, maxShoppers: 3 };

/** Asks until it is so, for ten seconds at most. */
async function eventually<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (const until = Date.now() + 10_000; ;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (Date.now() > until) throw new Error(`still ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.each(EVENT_STORES)('a waiting room over HTTP, log in %s', (store) => {
  let app: TestApp;
  let organizer: string;
  let venueId: string;
  let eventId: string;
  let path: string;
  let keys = 0;
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    app = await startApp(store);
    organizer = await app.token('olga', 'organizer');
    ({ venueId } = await onSale(app));
  });
  afterAll(() => app?.close());
  beforeEach(async () => {
    eventId = await schedule();
    path = `/v1/events/${eventId}`;
  });

  const schedule = async (more: object = {}): Promise<string> => {
    const body = { ...EVENT, venueId, ...more };
    const scheduled = await app.ask('POST', '/v1/events', { token: organizer, body });
    expect(scheduled.status).toBe(201);
    return scheduled.body.eventId;
  };
  const tokenOf = async (account: string): Promise<string> => {
    const token = tokens.get(account) ?? (await app.token(account, 'customer'));
    tokens.set(account, token);
    return token;
  };
  const configure = async (room: object = ROOM) => {
    const answer = await app.ask('PUT', `${path}/waiting-room`, { token: organizer, body: room });
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const change = (body: object) =>
    app.ask('PATCH', `${path}/waiting-room`, { token: organizer, body });
  const status = async () => (await app.ask('GET', `${path}/waiting-room`)).body;
  const watch = async () =>
    (await app.ask('GET', `${path}/waiting-room/watch`, { token: organizer })).body;
  const post = async (account: string, what: string, body?: object) =>
    app.ask('POST', `${path}/waiting-room/${what}`, { token: await tokenOf(account), body });
  const number = async (account: string) => (await post(account, 'tickets')).body;
  const pass = async (account: string, ticket?: string): Promise<string> => {
    const shown = ticket ?? (await number(account)).ticket;
    const traded = await eventually(
      () => post(account, 'pass', { ticket: shown }),
      ({ status }) => status !== 202,
    );
    expect(traded.status).toBe(200);
    return traded.body.pass;
  };
  const reserve = async (
    account: string,
    seatIds: string[],
    shown?: string,
    key = `key-${++keys}`,
  ) =>
    app.ask('POST', `${path}/reservations`, {
      token: await tokenOf(account),
      body: { seatIds },
      headers: { 'idempotency-key': key, ...(shown !== undefined && { 'boxoffice-pass': shown }) },
    });

  it('is off by default, and then changes nothing', async () => {
    expect(await status()).toMatchObject({ eventId, state: 'off', opensAt: null, nowServing: 0 });
    expect(await reserve('ann', ['A-1'])).toMatchObject({ status: 201 });
    expect(await post('ann', 'tickets')).toMatchObject({
      status: 409,
      body: { code: 'waiting-room-closed', state: 'off' },
    });
  });

  it('admits only accounts that have traded a number for a pass', async () => {
    await configure();
    expect(await reserve('ann', ['A-1'])).toMatchObject({
      status: 403,
      body: { code: 'pass-missing' },
    });
    const taken = await post('ann', 'tickets');
    expect(taken).toMatchObject({ status: 201, body: { number: 1, place: 1 } });
    const shown = await pass('ann', taken.body.ticket);
    expect(await reserve('ann', ['A-1'], shown)).toMatchObject({ status: 201 });
    expect(await status()).toMatchObject({ state: 'open', perMinute: 6_000 });
  });

  it('has one public status that an edge cache may store', async () => {
    await configure();
    const answer = await app.ask('GET', `${path}/waiting-room`);
    expect(answer.headers.get('cache-control')).toMatch(
      /^public, max-age=1, stale-while-revalidate=\d+$/,
    );
    const etag = answer.headers.get('etag')!;
    const again = await app.ask('GET', `${path}/waiting-room`, {
      headers: { 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
    expect(answer.body).toEqual({
      ...{ eventId, state: 'open', opensAt: expect.any(String), startsAfter: 0 },
      ...{ nowServing: 0, perMinute: 6_000, waiting: 0 },
      ...{ refreshSeconds: 2, queueAll: true, shuffle: null },
    });
  });

  it('gives an account one number, also after a reload', async () => {
    await configure({ ...ROOM, maxShoppers: 1 });
    const first = await number('ann');
    const [again, shown, other] = [
      await number('ann'),
      (await post('ann', 'tickets', { ticket: first.ticket })).body,
      await number('bob'),
    ];
    expect([first.number, again.number, shown.number, other.number]).toEqual([1, 1, 1, 2]);
    expect(shown.ticket).toBe(first.ticket);
  });

  it('limits the shoppers inside, and frees the slot on release', async () => {
    await configure({ ...ROOM, maxShoppers: 1 });
    const first = await pass('ann');
    const { ticket } = await number('bob');
    const waiting = await post('bob', 'pass', { ticket });
    expect(waiting).toMatchObject({ status: 202, body: { status: 'waiting', place: 2 } });
    expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const held = await reserve('ann', ['A-1'], first);
    await app.ask('DELETE', `${path}/reservations/${held.body.reservationId}`, {
      token: await tokenOf('ann'),
    });
    await pass('bob', ticket);
    expect(await reserve('ann', ['A-2'], first)).toMatchObject({
      status: 409,
      body: { code: 'pass-already-used' },
    });
  });

  it('frees the slot on purchase', async () => {
    await configure({ ...ROOM, maxShoppers: 1 });
    const first = await pass('ann');
    const { ticket } = await number('bob');
    const held = await reserve('ann', ['A-1'], first);
    const paid = await app.ask('POST', `${path}/reservations/${held.body.reservationId}/confirm`, {
      token: await tokenOf('ann'),
      body: { payment: { token: 'tok_success' } },
    });
    expect(paid.status).toBe(200);
    await pass('bob', ticket);
    await eventually(watch, ({ admitted }) => admitted === 2);
    expect(await watch()).toMatchObject({ arrivals: 2, inside: 1, admitted: 2, left: 1 });
  });

  it('frees the slot when a hold ends without payment', async () => {
    eventId = await schedule({ holdSeconds: 1 });
    path = `/v1/events/${eventId}`;
    await configure({ ...ROOM, maxShoppers: 1, passSeconds: 10 });
    const first = await pass('ann');
    const { ticket } = await number('bob');
    await reserve('ann', ['A-1'], first);
    await pass('bob', ticket);
  });

  it('gives a pass for one reservation at a time; a rejected one leaves it usable', async () => {
    await configure();
    const [anns, bobs] = [await pass('ann'), await pass('bob')];
    expect(await reserve('bob', ['A-1'], bobs)).toMatchObject({ status: 201 });
    expect(await reserve('ann', ['A-1'], anns)).toMatchObject({
      status: 409,
      body: { code: 'seats-unavailable' },
    });
    const held = await eventually(
      () => reserve('ann', ['A-2'], anns, 'the-key'),
      ({ status }) => status === 201,
    );
    expect(await reserve('ann', ['A-2'], anns, 'the-key')).toMatchObject({
      status: 201,
      body: { reservationId: held.body.reservationId },
    });
    expect(await reserve('ann', ['A-3'], anns)).toMatchObject({
      status: 409,
      body: { code: 'pass-already-used' },
    });
  });

  it('can be paused, ended and given another rate while it is open', async () => {
    await configure();
    expect(await change({ state: 'paused', admitPerMinute: 60 })).toMatchObject({
      status: 200,
      body: { state: 'paused', settings: { admitPerMinute: 60, maxShoppers: 3 } },
    });
    const { ticket } = await number('ann');
    expect(await post('ann', 'pass', { ticket })).toMatchObject({ status: 202 });
    expect(await reserve('ann', ['A-1'])).toMatchObject({
      status: 403,
      body: { code: 'pass-missing' },
    });
    expect(await change({ state: 'open' })).toMatchObject({ body: { state: 'open' } });
    await pass('ann', ticket);
    expect(await change({ state: 'ended' })).toMatchObject({ body: { state: 'ended' } });
    expect(await reserve('bob', ['A-1'])).toMatchObject({ status: 201 });
    expect(await change({ state: 'open' })).toMatchObject({
      status: 409,
      body: { code: 'waiting-room-over' },
    });
    expect(await configure()).toMatchObject({ state: 'open' });
  });

  it('has an empty queue when it is set up again, where earlier numbers are invalid', async () => {
    await configure({ ...ROOM, maxShoppers: 1 });
    const pass1 = await pass('ann');
    const [ann, bob] = [await number('ann'), await number('bob')];
    expect(await change({ state: 'ended' })).toMatchObject({ body: { state: 'ended' } });
    // Nothing of it is kept in memory.
    const admissions = app.get(ADMISSIONS);
    const shoppers = () =>
      admissions.shoppers(`${eventId}/0`, 1).then(
        () => 'kept',
        () => 'gone',
      );
    expect(await eventually(shoppers, (is) => is === 'gone')).toBe('gone');

    await configure({ ...ROOM, maxShoppers: 1 });
    const { startsAfter, nowServing, waiting } = await status();
    expect(startsAfter).toBeGreaterThanOrEqual(2);
    expect([nowServing, waiting]).toEqual([startsAfter, 0]);
    expect(await watch()).toMatchObject({ arrivals: 0, inside: 0, admitted: 0 });
    for (const [account, { ticket }] of [
      ['ann', ann],
      ['bob', bob],
    ] as const) {
      expect(await post(account, 'pass', { ticket })).toMatchObject({
        status: 409,
        body: { code: 'number-outdated' },
      });
    }
    expect(await reserve('ann', ['A-1'], pass1)).toMatchObject({
      status: 403,
      body: { code: 'pass-outdated' },
    });
    expect(await number('cleo')).toMatchObject({ number: startsAfter + 1, place: startsAfter + 1 });
    // An old number gives no better place than a new arrival gets.
    expect((await post('bob', 'tickets', { ticket: bob.ticket })).body).toMatchObject({
      number: startsAfter + 2,
    });
    expect(await reserve('cleo', ['A-1'], await pass('cleo'))).toMatchObject({ status: 201 });
  });

  it('counts down to the opening of the sale and opens by itself', async () => {
    const onSaleAt = new Date(Date.now() + 1_500).toISOString();
    eventId = await schedule({ onSaleAt });
    path = `/v1/events/${eventId}`;
    expect(await configure()).toMatchObject({
      state: 'countdown',
      settings: { opensAt: onSaleAt },
    });
    const { ticket } = await number('ann');
    expect(await post('ann', 'pass', { ticket })).toMatchObject({
      status: 202,
      body: { status: 'waiting' },
    });
    expect(await reserve('ann', ['A-1'])).toMatchObject({ body: { code: 'pass-missing' } });
    const shown = await pass('ann', ticket);
    expect(await status()).toMatchObject({ state: 'open' });
    expect(await reserve('ann', ['A-1'], shown)).toMatchObject({ status: 201 });
  });

  it('moves with the opening of the sale, and rejects settings that are fixed once open', async () => {
    const [first, then] = [60, 120].map((minutes) =>
      new Date(Date.now() + minutes * 60_000).toISOString(),
    );
    eventId = await schedule({ onSaleAt: first });
    path = `/v1/events/${eventId}`;
    const move = (onSaleAt: unknown) =>
      app.ask('PATCH', path, { token: organizer, body: { onSaleAt } });
    expect(await configure()).toMatchObject({ state: 'countdown', settings: { opensAt: first } });
    expect(await move(then)).toMatchObject({ status: 200 });
    expect(await status()).toMatchObject({ state: 'countdown', opensAt: then });
    // Set up again it goes by the opening as it was moved.
    await change({ state: 'off' });
    expect(await configure()).toMatchObject({ state: 'countdown', settings: { opensAt: then } });
    expect(await move(null)).toMatchObject({ status: 200 });
    expect(await status()).toMatchObject({ state: 'open' });
    expect(await change({ opensAt: then, shuffleAtOpening: true })).toMatchObject({
      status: 409,
      body: { code: 'waiting-room-open', fields: ['shuffleAtOpening', 'opensAt'] },
    });
  });

  it('shuffles early arrivals by a seed that it had committed to', async () => {
    const opensAt = new Date(Date.now() + 1_500).toISOString();
    await configure({ ...ROOM, maxShoppers: 100, shuffleAtOpening: true, opensAt });
    const before = (await status()).shuffle;
    expect(before).toEqual({
      commitment: expect.stringMatching(/^[\da-f]{64}$/),
      early: null,
      seed: null,
    });
    const taken = [];
    for (let at = 0; at < 8; at++) taken.push(await number(`early-${at}`));
    expect(taken.map(({ place }) => place)).toEqual(Array.from({ length: 8 }, () => null));
    const { shuffle } = await eventually(status, (shown) => shown.shuffle.seed !== null);
    expect(shuffle).toMatchObject({ commitment: before.commitment, early: 8 });
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(shuffle.seed));
    expect(Buffer.from(digest).toString('hex')).toBe(before.commitment);
    const places = [];
    for (let at = 0; at < 8; at++) places.push((await number(`early-${at}`)).place);
    expect(places.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await number('late')).place).toBe(9);
    await pass('early-0', taken[0].ticket);
  });

  it('needs no pass while nobody has to wait, with queueAll off', async () => {
    await configure({ ...ROOM, maxShoppers: 1, queueAll: false });
    // The bucket begins empty.
    await eventually(
      () => reserve('ann', ['A-1']),
      ({ status }) => status === 201,
    );
    expect(await reserve('bob', ['A-2'])).toMatchObject({
      status: 403,
      body: { code: 'pass-missing' },
    });
  });

  it('names invalid settings', async () => {
    const wrongs = [
      ['PUT', { admitPerMinute: 0, maxShoppers: 1 }, '/admitPerMinute'],
      ['PUT', { admitPerMinute: 600_001, maxShoppers: 1 }, '/admitPerMinute'],
      ['PUT', { admitPerMinute: 1 }, '/maxShoppers'],
      ['PUT', { ...ROOM, maxShoppers: 100_001 }, '/maxShoppers'],
      ['PUT', { ...ROOM, passSeconds: 9 }, '/passSeconds'],
      ['PUT', { ...ROOM, claimSeconds: 4 }, '/claimSeconds'],
      ['PUT', { ...ROOM, opensAt: 'soon' }, '/opensAt'],
      ['PUT', { ...ROOM, queueAll: 'yes' }, '/queueAll'],
      ['PUT', { ...ROOM, colour: 'red' }, '/colour'],
      ['PATCH', { state: 'countdown' }, '/state'],
    ] as const;
    for (const [method, body, wrong] of wrongs) {
      const answer = await app.ask(method, `${path}/waiting-room`, { token: organizer, body });
      expect([body, answer]).toMatchObject([
        body,
        { status: 400, body: { code: 'validation-failed', errors: [{ path: wrong }] } },
      ]);
    }
  });

  it('is controlled and watched by organizers only, for existing events only', async () => {
    const token = await tokenOf('ann');
    expect(await app.ask('PUT', `${path}/waiting-room`, { token, body: ROOM })).toMatchObject({
      status: 403,
    });
    expect(await app.ask('PATCH', `${path}/waiting-room`, { token, body: {} })).toMatchObject({
      status: 403,
    });
    expect(await app.ask('GET', `${path}/waiting-room/watch`, { token })).toMatchObject({
      status: 403,
    });
    expect(await change({ admitPerMinute: 5 })).toMatchObject({
      status: 409,
      body: { code: 'waiting-room-not-configured' },
    });
    path = '/v1/events/none';
    expect(await app.ask('GET', `${path}/waiting-room`)).toMatchObject({ status: 404 });
    expect(
      await app.ask('PUT', `${path}/waiting-room`, { token: organizer, body: ROOM }),
    ).toMatchObject({
      status: 404,
      body: { code: 'event-not-found' },
    });
  });

  it('keeps settings and places after a restart', async () => {
    await configure({ ...ROOM, maxShoppers: 1 });
    const [anns, bobs] = [await number('ann'), await number('bob')];
    // What is kept in memory goes; the log and the tickets stay.
    await app.get(ADMISSIONS).close();
    const cleos = await number('cleo');
    expect(cleos.number).toBeGreaterThan(bobs.number);
    expect((await post('bob', 'tickets', { ticket: bobs.ticket })).body.number).toBe(bobs.number);
    await pass('ann', anns.ticket);
  });
});
