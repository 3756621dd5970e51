import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request as send } from 'undici';
import { serveSandbox, type SandboxServer } from '../../src/demo/payment-sandbox/sandbox-http.js';
import { API_KEY, chargeOf, serverOptions } from '../support/payment/payment-gateways.js';

describe('the HTTP face of the sandbox', () => {
  let server: SandboxServer;
  beforeAll(async () => {
    server = await serveSandbox(serverOptions({ maxRecords: 5_000 }));
  });
  afterAll(() => server.close());

  interface Call {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  const call = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { headers, body }: Call = {},
  ) => {
    const answer = await send(`${server.url}${path}`, {
      method,
      body,
      headers: { authorization: `Bearer ${API_KEY}`, 'idempotency-key': 'key-1', ...headers },
    });
    return {
      status: answer.statusCode,
      body: (await answer.body.json()) as Record<string, unknown>,
    };
  };
  const { token, amount, about, holdExpiresAt } = chargeOf('tok_success');
  const good = { token, amount, about, holdExpiresAt };
  const bodyWith = (parts: object) => ({ body: JSON.stringify({ ...good, ...parts }) });

  it('says that it is well to anyone', async () => {
    const answer = await send(`${server.url}/health`);
    expect([answer.statusCode, await answer.body.json()]).toEqual([
      200,
      { status: 'ok', pendingNotices: 0 },
    ]);
  });

  it('charges, finds, pays back and shows its books', async () => {
    const headers = { 'idempotency-key': 'a/key?of=mine' };
    const charged = await call('POST', '/v1/charges', { headers, ...bodyWith({}) });
    expect(charged).toEqual({
      status: 200,
      body: { status: 'captured', reference: expect.any(String), amount: good.amount },
    });
    expect(await call('GET', `/v1/charges?key=${encodeURIComponent('a/key?of=mine')}`)).toEqual(
      charged,
    );
    const { reference } = charged.body;
    const body = JSON.stringify({ reference, amount: { amountMinor: 500, currency: 'EUR' } });
    expect(await call('POST', '/v1/refunds', { headers, body })).toEqual({
      status: 200,
      body: { refundId: expect.any(String), status: 'succeeded' },
    });
    expect(await call('GET', '/v1/entries?limit=1')).toEqual({
      status: 200,
      body: { entries: [{ kind: 'capture', reference, amount: good.amount }], next: 1 },
    });
    expect(await call('GET', '/v1/entries?after=1')).toEqual({
      status: 200,
      body: {
        entries: [{ kind: 'refund', reference, amount: { amountMinor: 500, currency: 'EUR' } }],
        next: null,
      },
    });
  });

  it.each<
    [code: string, status: number, method: 'GET' | 'POST' | 'DELETE', path: string, call: Call]
  >([
    ['api-key-missing', 401, 'GET', '/v1/entries', { headers: { authorization: '' } }],
    [
      'api-key-missing',
      401,
      'GET',
      '/v1/entries',
      { headers: { authorization: `Basic ${API_KEY}` } },
    ],
    [
      'api-key-invalid',
      401,
      'GET',
      '/v1/entries',
      { headers: { authorization: `Bearer ${API_KEY}x` } },
    ],
    [
      'api-key-invalid',
      401,
      'POST',
      '/v1/charges',
      { headers: { authorization: 'Bearer no' }, ...bodyWith({}) },
    ],
    ['not-found', 404, 'GET', '/v1/payments', {}],
    ['not-found', 404, 'GET', '/__proto__', {}],
    ['method-not-allowed', 405, 'DELETE', '/v1/charges', {}],
    ['method-not-allowed', 405, 'POST', '/v1/entries', {}],
    [
      'idempotency-key-invalid',
      400,
      'POST',
      '/v1/charges',
      { headers: { 'idempotency-key': '' }, ...bodyWith({}) },
    ],
    [
      'idempotency-key-invalid',
      400,
      'POST',
      '/v1/charges',
      { headers: { 'idempotency-key': 'k'.repeat(256) }, ...bodyWith({}) },
    ],
    ['idempotency-key-invalid', 400, 'GET', '/v1/charges', {}],
    ['charge-not-found', 404, 'GET', '/v1/charges?key=nobody', {}],
    ['body-invalid', 400, 'POST', '/v1/charges', { body: '{' }],
    ['body-invalid', 400, 'POST', '/v1/charges', { body: 'null' }],
    ['body-invalid', 400, 'POST', '/v1/charges', bodyWith({ token: undefined })],
    [
      'body-invalid',
      400,
      'POST',
      '/v1/charges',
      bodyWith({ amount: { amountMinor: -1, currency: 'EUR' } }),
    ],
    [
      'body-invalid',
      400,
      'POST',
      '/v1/charges',
      bodyWith({ amount: { amountMinor: 0.5, currency: 'EUR' } }),
    ],
    [
      'body-invalid',
      400,
      'POST',
      '/v1/charges',
      bodyWith({ amount: { amountMinor: 1, currency: 'euro' } }),
    ],
    [
      'body-invalid',
      400,
      'POST',
      '/v1/charges',
      bodyWith({ about: { eventId: 'event-1', reservationId: 'r', attempt: 0 } }),
    ],
    ['body-invalid', 400, 'POST', '/v1/charges', bodyWith({ holdExpiresAt: 'soon' })],
    ['body-too-large', 413, 'POST', '/v1/charges', bodyWith({ token: 't'.repeat(200_000) })],
    [
      'body-invalid',
      400,
      'POST',
      '/v1/refunds',
      { body: '{"reference":"py_1","amount":{"amountMinor":0,"currency":"EUR"}}' },
    ],
    [
      'capture-not-found',
      404,
      'POST',
      '/v1/refunds',
      { body: '{"reference":"py_1","amount":{"amountMinor":1,"currency":"EUR"}}' },
    ],
    ['query-invalid', 400, 'GET', '/v1/entries?limit=0', {}],
    ['query-invalid', 400, 'GET', '/v1/entries?after=-1', {}],
    ['query-invalid', 400, 'GET', '/v1/entries?limit=5001', {}],
  ])('answers %s with %i: %s %s', async (code, status, method, path, what) => {
    expect(await call(method, path, what)).toEqual({
      status,
      body: { code, detail: expect.any(String) },
    });
  });

  it.each([
    ['idempotency-key-reused', '/v1/refunds', 'refund-1', 2, 'EUR'],
    ['refund-exceeds-capture', '/v1/refunds', 'refund-2', 12_500, 'EUR'],
    ['refund-currency-differs', '/v1/refunds', 'refund-3', 1, 'CHF'],
    ['idempotency-key-reused', '/v1/charges', 'charge-1', 1, 'EUR'],
  ])('answers %s with 422: POST %s', async (code, path, key, amountMinor, currency) => {
    const charged = await call('POST', '/v1/charges', {
      headers: { 'idempotency-key': 'charge-1' },
      ...bodyWith({}),
    });
    const { reference } = charged.body;
    const paid = JSON.stringify({ reference, amount: { amountMinor: 1, currency: 'EUR' } });
    await call('POST', '/v1/refunds', { headers: { 'idempotency-key': 'refund-1' }, body: paid });
    const body = JSON.stringify({ ...good, reference, amount: { amountMinor, currency } });
    expect(await call('POST', path, { headers: { 'idempotency-key': key }, body })).toEqual({
      status: 422,
      body: { code, detail: expect.any(String) },
    });
  });
});

it('says that its port is taken, and gives its journal back', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-sandbox-'));
  const journal = join(directory, 'payments.jsonl');
  const first = await serveSandbox(serverOptions());
  const port = Number(new URL(first.url).port);
  await expect(serveSandbox(serverOptions({ port, journal }))).rejects.toThrow(/EADDRINUSE/);
  await first.close();
  await (await serveSandbox(serverOptions({ journal }))).close();
  await rm(directory, { recursive: true });
});
