import { randomBytes } from 'node:crypto';
import { openPlaceSigner } from '../../../src/adapters/waiting-room/place-signer.js';
import { PLACE_SIGNER } from '../../../src/http/platform/tokens.js';
import type { PlaceSigner } from '../../../src/ports/waiting-room/place-signer.js';
import { startApp, type TestApp } from '../../support/app.js';
import { confirm, onSale } from '../../support/seat-inventory/event-on-sale.js';
import { until } from '../../support/read-side.js';

/** Number of tried passes and queue numbers of each kind. */
const EACH = 25;

describe('200 forged, altered, replayed, shared and expired passes and numbers', () => {
  let app: TestApp;
  let signer: PlaceSigner;
  let path: string;
  let eventId: string;
  let otherPath: string;
  const tokens = new Map<string, string>();
  let keys = 0;
  beforeAll(async () => {
    app = await startApp('postgres');
    signer = app.app.get<PlaceSigner>(PLACE_SIGNER);
    ({ path, eventId } = await onSale(app));
    ({ path: otherPath } = await onSale(app));
    const token = await app.token('olga', 'organizer');
    const body = { admitPerMinute: 60_000, maxShoppers: 1_000 };
    for (const one of [path, otherPath])
      await app.ask('PUT', `${one}/waiting-room`, { token, body });
  });
  afterAll(() => app?.close());

  const tokenOf = async (account: string): Promise<string> => {
    const token = tokens.get(account) ?? (await app.token(account, 'customer'));
    tokens.set(account, token);
    return token;
  };
  const numberOf = async (account: string, of = path): Promise<string> => {
    const token = await tokenOf(account);
    return (await app.ask('POST', `${of}/waiting-room/tickets`, { token })).body.ticket;
  };
  const trade = async (account: string, ticket: string) =>
    app.ask('POST', `${path}/waiting-room/pass`, {
      token: await tokenOf(account),
      body: { ticket },
    });
  const passOf = async (account: string, of = path): Promise<string> => {
    const [token, ticket] = [await tokenOf(account), await numberOf(account, of)];
    const ask = () => app.ask('POST', `${of}/waiting-room/pass`, { token, body: { ticket } });
    await until(async () => (await ask()).status === 200);
    return (await ask()).body.pass;
  };
  const reserve = async (account: string, pass: string, seat = 'A-1') =>
    app.ask('POST', `${path}/reservations`, {
      token: await tokenOf(account),
      body: { seatIds: [seat] },
      headers: { 'idempotency-key': `key-${++keys}`, 'boxoffice-pass': pass },
    });
  const altered = (text: string, at: number): string => {
    const where = (at * 7_919) % text.length;
    return text.slice(0, where) + (text[where] === 'x' ? 'y' : 'x') + text.slice(where + 1);
  };
  /** Each of them is refused for this reason. */
  const allRefused = async (
    code: string,
    ask: (at: number) => Promise<{ status: number; body: { code?: string } }>,
  ) => {
    const codes = [];
    for (let at = 0; at < EACH; at++) codes.push((await ask(at)).body.code);
    expect(codes).toEqual(codes.map(() => code));
  };
  const statusOfSeats = async () => (await app.ask('GET', `${path}/seat-status`)).body.counts;

  afterEach(async () => {
    const { reserved, sold } = await statusOfSeats();
    expect(reserved).toBe(0);
    expect(sold).toBeLessThanOrEqual(1);
  });

  it('signed by somebody else', async () => {
    const forger = openPlaceSigner([{ kid: 'x', secret: randomBytes(48) }]);
    const now = Date.now();
    const claims = {
      eventId,
      account: 'mallory',
      passId: 'p',
      generation: 'g',
      expiresAt: now + 60_000,
    };
    await allRefused('pass-invalid', () => reserve('mallory', forger.signPass(claims)));
    const ticket = forger.signNumber({ eventId, account: 'mallory', number: 1, issuedAt: now });
    await allRefused('number-invalid', () => trade('mallory', ticket));
  });

  it('altered', async () => {
    const [pass, ticket] = [await passOf('ann'), await numberOf('bob')];
    await allRefused('pass-invalid', (at) => reserve('ann', altered(pass, at)));
    await allRefused('number-invalid', (at) => trade('bob', altered(ticket, at)));
    await allRefused('pass-invalid', () => reserve('bob', ticket));
    await allRefused('number-invalid', () => trade('ann', pass));
  });

  it('shared with other accounts', async () => {
    const [pass, ticket] = [await passOf('cleo'), await numberOf('cleo')];
    await allRefused('pass-wrong-account', (at) => reserve(`friend-${at}`, pass));
    await allRefused('number-wrong-account', (at) => trade(`friend-${at}`, ticket));
  });

  it('of another event', async () => {
    const [pass, ticket] = [await passOf('dan', otherPath), await numberOf('dan', otherPath)];
    await allRefused('pass-wrong-event', () => reserve('dan', pass));
    await allRefused('number-wrong-event', () => trade('dan', ticket));
  });

  it('expired', async () => {
    const good = signer.readPass(await passOf('eve'))!;
    await allRefused('pass-expired', (at) =>
      reserve('eve', signer.signPass({ ...good, expiresAt: Date.now() - 1_000 * (at + 1) })),
    );
  });

  it('of a time before an outage', async () => {
    const good = signer.readPass(await passOf('fay'))!;
    await allRefused('pass-outdated', () =>
      reserve('fay', signer.signPass({ ...good, generation: 'before' })),
    );
  });

  it('replayed, after they have bought', async () => {
    const [ticket, pass] = [await numberOf('gus'), await passOf('gus')];
    const held = await reserve('gus', pass);
    expect(held.status).toBe(201);
    await confirm(app, path, await tokenOf('gus'), held.body.reservationId);
    await until(async () => (await trade('gus', ticket)).body.code === 'number-spent');
    await allRefused('pass-already-used', (at) => reserve('gus', pass, `B-${(at % 10) + 1}`));
    await allRefused('number-spent', () => trade('gus', ticket));
  });
});
