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

  it('is off by default, and then changes nothing', async () => {
    expect(await room.status()).toMatchObject({
      eventId: room.eventId,
      state: 'off',
      opensAt: null,
      nowServing: 0,
    });
    expect(await room.reserve('ann', ['A-1'])).toMatchObject({ status: 201 });
    expect(await room.post('ann', 'tickets')).toMatchObject({
      status: 409,
      body: { code: 'waiting-room-closed', state: 'off' },
    });
  });

  it('admits only accounts that have traded a number for a pass', async () => {
    await room.configure();
    expect(await room.reserve('ann', ['A-1'])).toMatchObject({
      status: 403,
      body: { code: 'pass-missing' },
    });
    const taken = await room.post('ann', 'tickets');
    expect(taken).toMatchObject({ status: 201, body: { number: 1, place: 1 } });
    const shown = await room.pass('ann', taken.body.ticket);
    expect(await room.reserve('ann', ['A-1'], shown)).toMatchObject({ status: 201 });
    expect(await room.status()).toMatchObject({ state: 'open', perMinute: 6_000 });
  });

  it('has one public status that an edge cache may store', async () => {
    await room.configure();
    const answer = await app.ask('GET', `${room.path}/waiting-room`);
    expect(answer.headers.get('cache-control')).toMatch(
      /^public, max-age=1, stale-while-revalidate=\d+$/,
    );
    const etag = answer.headers.get('etag')!;
    const again = await app.ask('GET', `${room.path}/waiting-room`, {
      headers: { 'if-none-match': etag },
    });
    expect(again.status).toBe(304);
    expect(answer.body).toEqual({
      ...{ eventId: room.eventId, state: 'open', opensAt: expect.any(String), startsAfter: 0 },
      ...{ nowServing: 0, perMinute: 6_000, waiting: 0 },
      ...{ refreshSeconds: 2, queueAll: true, shuffle: null },
    });
  });

  it('gives an account one number, also after a reload', async () => {
    await room.configure({ ...ROOM, maxShoppers: 1 });
    const first = await room.number('ann');
    const [again, shown, other] = [
      await room.number('ann'),
      (await room.post('ann', 'tickets', { ticket: first.ticket })).body,
      await room.number('bob'),
    ];
    expect([first.number, again.number, shown.number, other.number]).toEqual([1, 1, 1, 2]);
    expect(shown.ticket).toBe(first.ticket);
  });

  it('limits the shoppers inside, and frees the slot on release', async () => {
    await room.configure({ ...ROOM, maxShoppers: 1 });
    const first = await room.pass('ann');
    const { ticket } = await room.number('bob');
    const waiting = await room.post('bob', 'pass', { ticket });
    expect(waiting).toMatchObject({ status: 202, body: { status: 'waiting', place: 2 } });
    expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const held = await room.reserve('ann', ['A-1'], first);
    await app.ask('DELETE', `${room.path}/reservations/${held.body.reservationId}`, {
      token: await room.tokenOf('ann'),
    });
    await room.pass('bob', ticket);
    expect(await room.reserve('ann', ['A-2'], first)).toMatchObject({
      status: 409,
      body: { code: 'pass-already-used' },
    });
  });

  it('frees the slot on purchase', async () => {
    await room.configure({ ...ROOM, maxShoppers: 1 });
    const first = await room.pass('ann');
    const { ticket } = await room.number('bob');
    const held = await room.reserve('ann', ['A-1'], first);
    const paid = await app.ask(
      'POST',
      `${room.path}/reservations/${held.body.reservationId}/confirm`,
      {
        token: await room.tokenOf('ann'),
        body: { payment: { token: 'tok_success' } },
      },
    );
    expect(paid.status).toBe(200);
    await room.pass('bob', ticket);
    await eventually(
      () => room.watch(),
      ({ admitted }) => admitted === 2,
    );
    expect(await room.watch()).toMatchObject({ arrivals: 2, inside: 1, admitted: 2, left: 1 });
  });

  it('frees the slot when a hold ends without payment', async () => {
    await room.scheduleAnother({ holdSeconds: 1 });
    await room.configure({ ...ROOM, maxShoppers: 1, passSeconds: 10 });
    const first = await room.pass('ann');
    const { ticket } = await room.number('bob');
    await room.reserve('ann', ['A-1'], first);
    await room.pass('bob', ticket);
  });

  it('gives a pass for one reservation at a time; a rejected one leaves it usable', async () => {
    await room.configure();
    const [anns, bobs] = [await room.pass('ann'), await room.pass('bob')];
    expect(await room.reserve('bob', ['A-1'], bobs)).toMatchObject({ status: 201 });
    expect(await room.reserve('ann', ['A-1'], anns)).toMatchObject({
      status: 409,
      body: { code: 'seats-unavailable' },
    });
    const held = await eventually(
      () => room.reserve('ann', ['A-2'], anns, 'the-key'),
      ({ status }) => status === 201,
    );
    expect(await room.reserve('ann', ['A-2'], anns, 'the-key')).toMatchObject({
      status: 201,
      body: { reservationId: held.body.reservationId },
    });
    expect(await room.reserve('ann', ['A-3'], anns)).toMatchObject({
      status: 409,
      body: { code: 'pass-already-used' },
    });
  });

  it('needs no pass while nobody has to wait, with queueAll off', async () => {
    await room.configure({ ...ROOM, maxShoppers: 1, queueAll: false });
    // The bucket begins empty.
    await eventually(
      () => room.reserve('ann', ['A-1']),
      ({ status }) => status === 201,
    );
    expect(await room.reserve('bob', ['A-2'])).toMatchObject({
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
      const answer = await app.ask(method, `${room.path}/waiting-room`, {
        token: room.organizer,
        body,
      });
      expect([body, answer]).toMatchObject([
        body,
        { status: 400, body: { code: 'validation-failed', errors: [{ path: wrong }] } },
      ]);
    }
  });

  it('is controlled and watched by organizers only, for existing events only', async () => {
    const token = await room.tokenOf('ann');
    expect(await app.ask('PUT', `${room.path}/waiting-room`, { token, body: ROOM })).toMatchObject({
      status: 403,
    });
    expect(await app.ask('PATCH', `${room.path}/waiting-room`, { token, body: {} })).toMatchObject({
      status: 403,
    });
    expect(await app.ask('GET', `${room.path}/waiting-room/watch`, { token })).toMatchObject({
      status: 403,
    });
    expect(await room.change({ admitPerMinute: 5 })).toMatchObject({
      status: 409,
      body: { code: 'waiting-room-not-configured' },
    });
    room.path = '/v1/events/none';
    expect(await app.ask('GET', `${room.path}/waiting-room`)).toMatchObject({ status: 404 });
    expect(
      await app.ask('PUT', `${room.path}/waiting-room`, { token: room.organizer, body: ROOM }),
    ).toMatchObject({
      status: 404,
      body: { code: 'event-not-found' },
    });
  });

  it('keeps settings and places after a restart', async () => {
    await room.configure({ ...ROOM, maxShoppers: 1 });
    const [anns, bobs] = [await room.number('ann'), await room.number('bob')];
    // What is kept in memory goes; the log and the tickets stay.
    await app.get(ADMISSIONS).close();
    const cleos = await room.number('cleo');
    expect(cleos.number).toBeGreaterThan(bobs.number);
    expect((await room.post('bob', 'tickets', { ticket: bobs.ticket })).body.number).toBe(
      bobs.number,
    );
    await room.pass('ann', anns.ticket);
  });
});
