import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { exportJWK, SignJWT, UnsecuredJWT } from 'jose';
import { EVENT_STORE } from '../../../src/ports/shared/tokens.js';
import type { ProblemCode } from '../../../src/http/problems/table/problem-table.js';
import { EVENT_STORES, startApp, type TestApp } from '../../support/app.js';
import { AUDIENCE, ISSUER, SECRET, sign } from '../../support/http/signed-tokens.js';
import { confirm, onSale, reserve, smallPlan } from '../../support/seat-inventory/event-on-sale.js';
import { expectProblem } from '../../support/problems.js';

/** Difference between clocks that the service tolerates. */
const TOLERATED_SECONDS = 5;
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

describe('a token', () => {
  let app: TestApp;
  let path: string;
  beforeAll(async () => {
    const settings = { JWT_SECRET: SECRET, JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE };
    app = await startApp('postgres', settings);
    const organizer = await sign({ claims: { sub: 'olga', roles: ['organizer'] } });
    ({ path } = await onSale({ ...app, token: () => Promise.resolve(organizer) }, smallPlan(1, 4)));
  });
  afterAll(() => app.close());

  const ask = (authorization: string | undefined) =>
    app.ask('POST', `${path}/reservations`, {
      body: { seatIds: ['A-1'] },
      headers: { 'idempotency-key': 'k', ...(authorization !== undefined && { authorization }) },
    });

  it.each<[string, ProblemCode, () => Promise<string | undefined>]>([
    ['is missing', 'token-missing', async () => undefined],
    ['is empty', 'token-missing', async () => 'Bearer '],
    ['comes as a password', 'token-missing', async () => 'Basic Y2FybDpwdw=='],
    ['is not a token', 'token-invalid', async () => 'Bearer carl'],
    ['is longer than 4 KiB', 'token-invalid', async () => `Bearer ${'x'.repeat(4_097)}`],
    [
      'has expired',
      'token-expired',
      async () => `Bearer ${await sign({ claims: { exp: inSeconds(-60) } })}`,
    ],
    [
      'never expires',
      'token-invalid',
      async () => `Bearer ${await sign({ claims: { exp: undefined } })}`,
    ],
    [
      'is not valid yet',
      'token-invalid',
      async () => `Bearer ${await sign({ claims: { nbf: inSeconds(60) } })}`,
    ],
    [
      'has another secret',
      'token-invalid',
      async () => `Bearer ${await sign({ secret: `${SECRET}!` })}`,
    ],
    [
      'has another algorithm',
      'token-invalid',
      async () => `Bearer ${await sign({ alg: 'HS512', secret: SECRET.repeat(2) })}`,
    ],
    ['is not signed', 'token-invalid', async () => `Bearer ${unsigned()}`],
    [
      'has lost its signature',
      'token-invalid',
      async () => `Bearer ${(await sign()).replace(/[^.]*$/, '')}`,
    ],
    [
      'is from another issuer',
      'token-invalid',
      async () => `Bearer ${await sign({ claims: { iss: 'https://evil.example' } })}`,
    ],
    [
      'is for another audience',
      'token-invalid',
      async () => `Bearer ${await sign({ claims: { aud: 'shop' } })}`,
    ],
    [
      'names nobody',
      'token-invalid',
      async () => `Bearer ${await sign({ claims: { sub: undefined } })}`,
    ],
    [
      'names an account with a line break',
      'token-invalid',
      async () => `Bearer ${await sign({ claims: { sub: 'a\nb' } })}`,
    ],
    [
      'names an account of 129 characters',
      'token-invalid',
      async () => `Bearer ${await sign({ claims: { sub: 'x'.repeat(129) } })}`,
    ],
    [
      'has no roles',
      'role-required',
      async () => `Bearer ${await sign({ claims: { roles: undefined } })}`,
    ],
    [
      'has only unknown roles',
      'role-required',
      async () => `Bearer ${await sign({ claims: { roles: ['root', 7] } })}`,
    ],
    [
      'has roles that are not a list',
      'role-required',
      async () => `Bearer ${await sign({ claims: { roles: 'customer' } })}`,
    ],
  ])('that %s is rejected as %s', async (_what, code, authorization) => {
    const header = await authorization();
    const { headers } = await expectProblem(app, code, () => ask(header));
    if (code !== 'role-required') expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('is rejected once it has expired, also if it was accepted before', async () => {
    const expiresAt = inSeconds(2 - TOLERATED_SECONDS);
    const token = await sign({ claims: { exp: expiresAt } });
    const own = () => app.ask('GET', '/v1/me/reservations', { token });
    expect((await own()).status).toBe(200);
    expect((await own()).status).toBe(200);
    await pause((expiresAt + TOLERATED_SECONDS) * 1_000 - Date.now() + 10);
    expect((await own()).body.code).toBe('token-expired');
  });

  it('is accepted with any case of the scheme', async () => {
    const { body } = await app.ask('GET', '/v1/me/reservations', {
      headers: { authorization: `bearer ${await sign()}` },
    });
    expect(body).toEqual({ reservations: [] });
  });

  it('is issued on request only if development tokens are on', async () => {
    await expectProblem(app, 'not-found', () =>
      app.ask('POST', '/v1/dev/tokens', { body: { sub: 'carl', roles: ['operator'] } }),
    );
  });

  function unsigned(): string {
    return new UnsecuredJWT({ roles: ['customer'], iss: ISSUER, aud: AUDIENCE })
      .setSubject('carl')
      .setExpirationTime('1h')
      .encode();
  }
});

describe('a token of an issuer with public keys', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  let issuer: Server;
  let app: TestApp;
  let answering = true;
  beforeAll(async () => {
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' };
    issuer = createServer((_request, response) => {
      response.writeHead(answering ? 200 : 500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const { port } = issuer.address() as AddressInfo;
    app = await startApp('postgres', {
      JWT_SECRET: '',
      JWT_JWKS_URL: `http://127.0.0.1:${port}/jwks.json`,
    });
  });
  afterAll(async () => {
    await app.close();
    issuer.close();
  });

  const own = (token: string) => app.ask('GET', '/v1/me/reservations', { token });
  const claims = () =>
    new SignJWT({ roles: ['customer'] }).setSubject('carl').setExpirationTime('1h');

  it('is verified once the issuer answers, and 503 before', async () => {
    const token = await claims().setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey);
    answering = false;
    expect(await own(token)).toMatchObject({
      status: 503,
      body: { code: 'token-keys-unavailable' },
    });
    answering = true;
    expect((await own(token)).status).toBe(200);
  });

  it('is rejected when it uses the public key as a shared secret', async () => {
    const token = await claims()
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(new TextEncoder().encode(publicPem));
    expect((await own(token)).body.code).toBe('token-invalid');
  });

  it('is rejected when it is signed by an unknown key', async () => {
    const { privateKey: foreign } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    for (const kid of ['one', 'two']) {
      const token = await claims().setProtectedHeader({ alg: 'RS256', kid }).sign(foreign);
      expect((await own(token)).body.code).toBe('token-invalid');
    }
  });
});

describe.each(EVENT_STORES)('access by role, over %s', (eventStore) => {
  let app: TestApp;
  let sale: { path: string; venueId: string };
  beforeAll(async () => {
    app = await startApp(eventStore);
    sale = await onSale(app, smallPlan(2, 6));
  });
  afterAll(() => app.close());

  it.each<[string, string, string[]]>([
    ['POST', '/v1/venues', ['organizer', 'operator']],
    ['POST', '/v1/events', ['organizer', 'operator']],
    ['POST', '/v1/events/x/blocks', ['organizer', 'operator']],
    ['DELETE', '/v1/events/x/blocks', ['organizer', 'operator']],
    ['POST', '/v1/events/x/close-sales', ['organizer', 'operator']],
    ['POST', '/v1/events/x/reservations', ['customer']],
    ['POST', '/v1/events/x/reservations/y/confirm', ['customer']],
    ['DELETE', '/v1/events/x/reservations/y', ['customer']],
    ['GET', '/v1/me/reservations', ['customer']],
  ])('%s %s requires a role', async (method, path, roles) => {
    await expectProblem(app, 'token-missing', () => app.ask(method, path));
    const others = ['customer', 'organizer', 'operator', 'auditor'].filter(
      (role) => !roles.includes(role),
    );
    const token = await app.token('someone', ...others);
    const { body } = await expectProblem(app, 'role-required', () =>
      app.ask(method, path, { token }),
    );
    expect(body.requiredRoles).toEqual(roles);
  });

  it("rejects every access to another customer's reservation, with any role", async () => {
    const anna = await app.token('anna', 'customer');
    const eve = await app.token('eve', 'customer', 'organizer', 'operator', 'auditor');
    const held = await reserve(app, sale.path, anna, { seatIds: ['A-1'] });
    const { reservationId } = held.body;
    const mine = `${sale.path}/reservations/${reservationId}`;
    for (const role of ['customer', 'organizer', 'operator', 'auditor']) {
      const token = await app.token('eve', role);
      await expectProblem(app, 'reservation-not-found', () => app.ask('GET', mine, { token }));
    }
    await expectProblem(app, 'reservation-not-found', () =>
      app.ask('DELETE', mine, { token: eve }),
    );
    await expectProblem(app, 'reservation-not-found', () =>
      confirm(app, sale.path, eve, reservationId),
    );
    expect((await app.ask('GET', '/v1/me/reservations', { token: eve })).body).toEqual({
      reservations: [],
    });

    const elsewhere = (await onSale(app, smallPlan(1, 1))).path;
    await expectProblem(app, 'reservation-not-found', () =>
      app.ask('GET', `${elsewhere}/reservations/${reservationId}`, { token: anna }),
    );
    expect((await app.ask('GET', mine, { token: anna })).body.status).toBe('held');
  });

  it('stores account, role and request with the domain event', async () => {
    const both = await app.token('otto', 'operator', 'customer');
    const headers = { 'x-request-id': 'order-17' };
    const answer = await app.ask('POST', `${sale.path}/blocks`, {
      token: both,
      headers,
      body: { seatIds: ['B-6'] },
    });
    expect(answer).toMatchObject({ status: 200, body: { seatIds: ['B-6'] } });
    const stream = `seatInventory-${sale.path.split('/').at(-1)}`;
    for await (const { type, metadata } of app.get(EVENT_STORE).readStream(stream, {
      direction: 'backwards',
      maxCount: 1,
    })) {
      expect(type).toBe('SeatsBlocked');
      expect(metadata).toMatchObject({
        actor: { id: 'otto', role: 'operator' },
        $correlationId: 'order-17',
      });
    }
  });
});
