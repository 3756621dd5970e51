import { ADMISSIONS } from '../../../src/ports/shared/tokens.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { eventually, openWaitingRoom, ROOM, type WaitingRoom } from './waiting-room.fixture.js';

describe.each(EVENT_STORES)('a waiting room over HTTP, log in %s', (store) => {
  let app: TestApp;
  let room: WaitingRoom;
  beforeAll(async () => {
    app = await startApp(store);
    room = await openWaitingRoom(app);
  });
  afterAll(() => app?.close());
  beforeEach(() => room.scheduleAnother());

  it('can be paused, ended and given another rate while it is open', async () => {
    await room.configure();
    expect(await room.change({ state: 'paused', admitPerMinute: 60 })).toMatchObject({
      status: 200,
      body: { state: 'paused', settings: { admitPerMinute: 60, maxShoppers: 3 } },
    });
    const { ticket } = await room.number('ann');
    expect(await room.post('ann', 'pass', { ticket })).toMatchObject({ status: 202 });
    expect(await room.reserve('ann', ['A-1'])).toMatchObject({
      status: 403,
      body: { code: 'pass-missing' },
    });
    expect(await room.change({ state: 'open' })).toMatchObject({ body: { state: 'open' } });
    await room.pass('ann', ticket);
    expect(await room.change({ state: 'ended' })).toMatchObject({ body: { state: 'ended' } });
    expect(await room.reserve('bob', ['A-1'])).toMatchObject({ status: 201 });
    expect(await room.change({ state: 'open' })).toMatchObject({
      status: 409,
      body: { code: 'waiting-room-over' },
    });
    expect(await room.configure()).toMatchObject({ state: 'open' });
  });

  it('has an empty queue when it is set up again, where earlier numbers are invalid', async () => {
    await room.configure({ ...ROOM, maxShoppers: 1 });
    const pass1 = await room.pass('ann');
    const [ann, bob] = [await room.number('ann'), await room.number('bob')];
    expect(await room.change({ state: 'ended' })).toMatchObject({ body: { state: 'ended' } });
    // Nothing of it is kept in memory.
    const admissions = app.get(ADMISSIONS);
    const shoppers = () =>
      admissions.shoppers(`${room.eventId}/0`, 1).then(
        () => 'kept',
        () => 'gone',
      );
    expect(await eventually(shoppers, (is) => is === 'gone')).toBe('gone');

    await room.configure({ ...ROOM, maxShoppers: 1 });
    const { startsAfter, nowServing, waiting } = await room.status();
    expect(startsAfter).toBeGreaterThanOrEqual(2);
    expect([nowServing, waiting]).toEqual([startsAfter, 0]);
    expect(await room.watch()).toMatchObject({ arrivals: 0, inside: 0, admitted: 0 });
    for (const [account, { ticket }] of [
      ['ann', ann],
      ['bob', bob],
    ] as const) {
      expect(await room.post(account, 'pass', { ticket })).toMatchObject({
        status: 409,
        body: { code: 'number-outdated' },
      });
    }
    expect(await room.reserve('ann', ['A-1'], pass1)).toMatchObject({
      status: 403,
      body: { code: 'pass-outdated' },
    });
    expect(await room.number('cleo')).toMatchObject({
      number: startsAfter + 1,
      place: startsAfter + 1,
    });
    // An old number gives no better place than a new arrival gets.
    expect((await room.post('bob', 'tickets', { ticket: bob.ticket })).body).toMatchObject({
      number: startsAfter + 2,
    });
    expect(await room.reserve('cleo', ['A-1'], await room.pass('cleo'))).toMatchObject({
      status: 201,
    });
  });

  it('counts down to the opening of the sale and opens by itself', async () => {
    const onSaleAt = new Date(Date.now() + 1_500).toISOString();
    await room.scheduleAnother({ onSaleAt });
    expect(await room.configure()).toMatchObject({
      state: 'countdown',
      settings: { opensAt: onSaleAt },
    });
    const { ticket } = await room.number('ann');
    expect(await room.post('ann', 'pass', { ticket })).toMatchObject({
      status: 202,
      body: { status: 'waiting' },
    });
    expect(await room.reserve('ann', ['A-1'])).toMatchObject({ body: { code: 'pass-missing' } });
    const shown = await room.pass('ann', ticket);
    expect(await room.status()).toMatchObject({ state: 'open' });
    expect(await room.reserve('ann', ['A-1'], shown)).toMatchObject({ status: 201 });
  });

  it('moves with the opening of the sale, and rejects changes once it is open', async () => {
    const [first, then] = [60, 120].map((minutes) =>
      new Date(Date.now() + minutes * 60_000).toISOString(),
    );
    await room.scheduleAnother({ onSaleAt: first });
    const move = (onSaleAt: unknown) =>
      app.ask('PATCH', room.path, { token: room.organizer, body: { onSaleAt } });
    expect(await room.configure()).toMatchObject({
      state: 'countdown',
      settings: { opensAt: first },
    });
    expect(await move(then)).toMatchObject({ status: 200 });
    expect(await room.status()).toMatchObject({ state: 'countdown', opensAt: then });
    // Set up again it goes by the opening as it was moved.
    await room.change({ state: 'off' });
    expect(await room.configure()).toMatchObject({
      state: 'countdown',
      settings: { opensAt: then },
    });
    expect(await move(null)).toMatchObject({ status: 200 });
    expect(await room.status()).toMatchObject({ state: 'open' });
    expect(await room.change({ opensAt: then, shuffleAtOpening: true })).toMatchObject({
      status: 409,
      body: { code: 'waiting-room-open', fields: ['shuffleAtOpening', 'opensAt'] },
    });
  });

  it('shuffles early arrivals by a seed that it had committed to', async () => {
    const opensAt = new Date(Date.now() + 1_500).toISOString();
    await room.configure({ ...ROOM, maxShoppers: 100, shuffleAtOpening: true, opensAt });
    const before = (await room.status()).shuffle;
    expect(before).toEqual({
      commitment: expect.stringMatching(/^[\da-f]{64}$/),
      early: null,
      seed: null,
    });
    const taken = [];
    for (let at = 0; at < 8; at++) taken.push(await room.number(`early-${at}`));
    expect(taken.map(({ place }) => place)).toEqual(Array.from({ length: 8 }, () => null));
    const { shuffle } = await eventually(
      () => room.status(),
      (shown) => shown.shuffle.seed !== null,
    );
    expect(shuffle).toMatchObject({ commitment: before.commitment, early: 8 });
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(shuffle.seed));
    expect(Buffer.from(digest).toString('hex')).toBe(before.commitment);
    const places = [];
    for (let at = 0; at < 8; at++) places.push((await room.number(`early-${at}`)).place);
    expect(places.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect((await room.number('late')).place).toBe(9);
    await room.pass('early-0', taken[0].ticket);
  });
});
