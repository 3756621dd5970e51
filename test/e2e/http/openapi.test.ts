import { Validator } from '@seriousme/openapi-schema-validator';
import { startApp, type TestApp } from '../../support/app.js';
import {
  exampleOf,
  nameOf,
  openDocumentedCalls,
  operationsOf,
  type Json,
} from '../../support/openapi/documented-calls.js';
import {
  checkAudit,
  checkPayments,
  checkProjections,
  checkService,
} from '../../support/openapi/operations-calls.js';
import { checkAfterSale, checkSale, checkWaitingRoom } from '../../support/openapi/sale-calls.js';

const WEBHOOK_SECRET = 'a secret of 32 characters or more, for tests only';

describe('the OpenAPI document', () => {
  let app: TestApp;
  let document: Json;
  beforeAll(async () => {
    app = await startApp('postgres', { DEV_TOKENS: 'on', PAYMENTS_SANDBOX_SECRET: WEBHOOK_SECRET });
    document = (await app.ask('GET', '/openapi.json')).body;
  });
  afterAll(() => app.close());

  const operations = () => operationsOf(document);

  it('is valid OpenAPI 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect(await new Validator().validate(document)).toEqual({ valid: true });
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  it('names 429 and 503 for every operation that can answer them', () => {
    for (const call of operations()) {
      const statuses = Object.keys(call.operation.responses);
      const isLimited =
        call.path.startsWith('/v1/') && !call.path.startsWith('/v1/payments/webhooks');
      expect([nameOf(call), statuses.includes('429')]).toEqual([nameOf(call), isLimited]);
      const needsNothing = ['/v1/dev/tokens', '/health', '/health/live', '/metrics', '/problems'];
      const isPublicKey = call.path === '/.well-known/jwks.json';
      const canFail = !needsNothing.includes(call.path) && !isPublicKey;
      expect([nameOf(call), statuses.includes('503')]).toEqual([nameOf(call), canFail]);
    }
  });

  it('names server, contact and license', () => {
    expect(document.servers).toEqual([{ url: '/', description: expect.stringMatching(/./) }]);
    expect(document.info).toMatchObject({
      contact: { name: expect.stringMatching(/./) },
      license: { name: 'MIT' },
    });
  });

  it('has no unresolved reference, repeated operation id or undocumented path parameter', () => {
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const given = (operation.parameters ?? []).filter(
        (parameter: Json) => parameter.in === 'path',
      );
      expect(given.map(({ name }: Json) => name).sort()).toEqual(inPath.sort());
      expect(operation.summary).toBeTruthy();
    }
  });

  it('has an example for every body and every answer, problems too', () => {
    for (const call of operations()) {
      for (const [status, answer] of Object.entries<Json>(call.operation.responses)) {
        expect(answer.description).toBeTruthy();
        if (['204', '304'].includes(status)) continue;
        const [[mediaType, content]] = Object.entries<Json>(answer.content) as [[string, Json]];
        const example = content.example ?? content.examples ?? exampleOf(document, content.schema);
        expect(Object.keys(example)[0]).toBeTruthy();
        if (Number(status) < 400) continue;
        expect(mediaType).toBe('application/problem+json');
        for (const [code, { value }] of Object.entries<Json>(content.examples)) {
          expect(value).toMatchObject({ code, status: Number(status) });
          for (const member of Object.values(value)) expect(member).toBeDefined();
        }
      }
      const body = call.operation.requestBody?.content['application/json'];
      if (body) expect(body.examples ?? exampleOf(document, body.schema)).toBeTruthy();
    }
  });

  it('has examples that are accepted, and describes every JSON answer', async () => {
    const calls = openDocumentedCalls(app, document);
    const sale = await checkSale(calls);
    await checkAfterSale(calls);
    await checkWaitingRoom(calls);
    await checkPayments(calls, sale, WEBHOOK_SECRET);
    await checkProjections(calls);
    await checkAudit(calls, sale);
    await checkService(calls);

    const withJson = operations().filter(({ operation }) =>
      Object.entries<Json>(operation.responses).some(
        ([status, { content }]) => Number(status) < 300 && content?.['application/json'],
      ),
    );
    expect([...new Set(calls.checked)].sort()).toEqual(withJson.map(nameOf).sort());
  });
});
