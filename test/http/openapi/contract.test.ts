import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiDocument } from '../../../scripts/docs/api-document.js';
import { contractOf } from '../../support/openapi/contract.js';

const STORED = join(import.meta.dirname, '../../fixtures/openapi-0.1.0.json');

describe('the OpenAPI document', () => {
  it('differs from that of version 0.1.0 in texts only', async () => {
    const stored: unknown = JSON.parse(readFileSync(STORED, 'utf8'));
    expect(contractOf(await apiDocument())).toEqual(stored);
  });
});
