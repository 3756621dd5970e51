import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiDocument } from '../../../scripts/docs/api-document.js';
import { contractOf } from '../../support/openapi/contract.js';

const STORED = join(import.meta.dirname, '../../fixtures/openapi-0.1.0.json');

const AUDIT = '/v1/audit/events/{eventId}';
const CONFIRM = '/v1/events/{eventId}/reservations/{reservationId}/confirm';
const REFUSED = 'properties.refused.items.properties.reservationId.type';
/** Types that version 0.1.0 documented as object or null: they were inferred from null. */
const CORRECTIONS: readonly (readonly [path: string, member: string, type: string])[] = [
  [`${AUDIT}/seats/{seatId}`, REFUSED, 'string'],
  [`${AUDIT}/reservations/{reservationId}`, REFUSED, 'string'],
  [`${AUDIT}/customers/{customerId}`, REFUSED, 'string'],
  ['/v1/audit/checkpoints', 'properties.next.type', 'integer'],
];

type Json = { [name: string]: Json };

function corrected(document: Json): Json {
  for (const [path, member, type] of CORRECTIONS) {
    const answer = document.paths![path]!.get!.responses!['200']!;
    const names = member.split('.');
    const last = names.pop()!;
    const start = answer.content!['application/json']!.schema!;
    const parent = names.reduce((schema, name) => schema[name]!, start);
    expect(parent[last]).toEqual(['object', 'null']);
    parent[last] = [type, 'null'] as unknown as Json;
  }
  correctConfirm(document.paths![CONFIRM]!.post!.responses!);
  for (const schema of schemasOfSeats(document.paths!)) {
    Object.assign(schema.properties!, {
      rowLabel: { type: 'string' },
      seatLabel: { type: 'string' },
    });
  }
  return document;
}

/** Version 0.1.0 documented 409 and 428 where a payment is answered with 429 and 403. */
function correctConfirm(responses: Json): void {
  const examplesOf = (status: string) =>
    responses[status]!.content!['application/problem+json']!.examples as unknown as string[];
  expect(examplesOf('428')).toEqual(['proof-of-work-required']);
  delete responses['428'];
  examplesOf('403').push('proof-of-work-required');
  examplesOf('429').push('payment-attempts-exhausted');
  for (const status of ['403', '429']) examplesOf(status).sort();
}

/** Version 0.1.0 left the labels of seats out, of which every answer has both or none. */
function* schemasOfSeats(value: Json): Generator<Json> {
  if (typeof value !== 'object' || value === null) return;
  const { seatId, row, number } = value.properties ?? {};
  if (seatId && row && number) yield value;
  for (const member of Object.values(value)) yield* schemasOfSeats(member);
}

describe('the OpenAPI document', () => {
  it('differs from that of version 0.1.0 in texts and the corrected types only', async () => {
    const stored = JSON.parse(readFileSync(STORED, 'utf8')) as Json;
    expect(contractOf(await apiDocument())).toEqual(corrected(stored));
  });
});
