import { startApp, type TestApp } from '../../support/app.js';
import { onSale } from '../../support/seat-inventory/event-on-sale.js';

// The shape of an OpenAPI document is not declared here.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Json = any;

/** The importer validates the seating plan of a venue. */
const OTHERWISE_READ = new Set(['seatingPlan']);

describe('null in an optional field', () => {
  let app: TestApp;
  let staff: string;
  let document: Json;
  let ids: Record<string, string>;
  beforeAll(async () => {
    app = await startApp('postgres', { DEV_TOKENS: 'on' });
    staff = await app.token('otto', 'operator', 'auditor', 'organizer', 'customer');
    document = (await app.ask('GET', '/openapi.json')).body;
    const { eventId } = await onSale(app);
    ids = { eventId, reservationId: 'none', name: 'venues', id: 'none', provider: 'sandbox' };
  });
  afterAll(() => app.close());

  const resolved = (schema: Json): Json => {
    if (schema.$ref) return resolved(document.components.schemas[schema.$ref.split('/').at(-1)]);
    return schema.allOf ? resolved(schema.allOf[0]) : schema;
  };
  const exampleOf = (given: Json): Json => {
    const schema = resolved(given);
    if (schema.example !== undefined) return structuredClone(schema.example);
    if (schema.type === 'array') return [exampleOf(schema.items)];
    return Object.fromEntries(
      Object.entries<Json>(schema.properties ?? {}).map(([name, member]) => [
        name,
        exampleOf(member),
      ]),
    );
  };
  const mayBeNull = (given: Json): boolean => {
    const schema = resolved(given);
    return (
      [schema.type].flat().includes('null') ||
      schema.anyOf?.some(({ type }: Json) => type === 'null')
    );
  };
  /** Returns the paths of fields, at any depth, that are optional and not nullable. */
  const optionalIn = (
    given: Json,
    path: readonly (string | number)[] = [],
  ): (string | number)[][] => {
    const schema = resolved(given);
    if (schema.type === 'array') return optionalIn(schema.items, [...path, 0]);
    return Object.entries<Json>(schema.properties ?? {}).flatMap(([name, member]) => {
      if (OTHERWISE_READ.has(name)) return [];
      const isOptional = !(schema.required ?? []).includes(name) && !mayBeNull(member);
      return [...(isOptional ? [[...path, name]] : []), ...optionalIn(member, [...path, name])];
    });
  };
  const withNull = (body: Json, [name, ...rest]: (string | number)[]): Json => {
    const changed = Array.isArray(body) ? [...body] : { ...body };
    changed[name!] = rest.length === 0 ? null : withNull(changed[name!], rest);
    return changed;
  };

  it('is rejected by field at every operation', async () => {
    const tried: string[] = [];
    for (const [path, methods] of Object.entries<Json>(document.paths)) {
      for (const [method, { requestBody }] of Object.entries<Json>(methods)) {
        const schema = requestBody?.content['application/json']?.schema;
        if (!schema || path.includes('webhooks')) continue;
        const example = requestBody.content['application/json'].examples;
        for (const field of optionalIn(schema)) {
          const base = example
            ? Object.values<Json>(example).map(({ value }) => value)
            : [exampleOf(schema)];
          const body = base.find((one: Json) => field.length === 1 || one[field[0]!] !== undefined);
          const asked = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'none');
          const headers = { 'idempotency-key': `null-${tried.length}` };
          const sent = { token: staff, body: withNull(body ?? {}, field), headers };
          const answer = await app.ask(method.toUpperCase(), asked, sent);
          const what = `${method} ${path} ${field.join('/')}`;
          expect([what, answer.status, answer.body.code]).toEqual([what, 400, 'validation-failed']);
          tried.push(what);
        }
      }
    }
    expect(tried.length).toBeGreaterThan(25);
    expect(tried).toContain('post /v1/ops/projections/{name}/rebuild acceptDifference');
  });

  it('is rejected as the whole body, too', async () => {
    for (const path of [
      '/v1/ops/projections/venues/rebuild',
      `/v1/events/${ids.eventId}/close-sales`,
    ]) {
      const answer = await app.ask('POST', path, { token: staff, body: 'null' });
      expect([path, answer.status, answer.body.code]).toEqual([path, 400, 'validation-failed']);
    }
  });
});
