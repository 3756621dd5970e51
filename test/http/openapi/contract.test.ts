import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiDocument } from '../../../scripts/docs/api-document.js';
import { contractOf } from '../../support/openapi/contract.js';

const STORED = join(import.meta.dirname, '../../fixtures/openapi-0.1.0.json');

const AUDIT = '/v1/audit/events/{eventId}';
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
  return document;
}

describe('the OpenAPI document', () => {
  it('differs from that of version 0.1.0 in texts and the corrected types only', async () => {
    const stored = JSON.parse(readFileSync(STORED, 'utf8')) as Json;
    expect(contractOf(await apiDocument())).toEqual(corrected(stored));
  });
});
