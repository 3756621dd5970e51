import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBoxoffice } from '../../src/app/boxoffice.js';
import { readConfig } from '../../src/config/config.js';

describe('a shop in production', () => {
  it('does not start when two files of keys have one in common', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'boxoffice-keys-'));
    const key = (kid: string) => ({
      ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
      kid,
    });
    const shared = key('shared');
    const [tickets, audit] = [join(directory, 'tickets.json'), join(directory, 'audit.json')];
    await writeFile(tickets, JSON.stringify({ keys: [key('tickets'), shared] }));
    await writeFile(audit, JSON.stringify({ keys: [{ ...shared, kid: 'audit' }] }));
    const config = readConfig({
      NODE_ENV: 'production',
      PAYMENTS: 'sandbox',
      LOG_LEVEL: 'silent',
      JWT_SECRET: 'Zx4q0PmW9sTb7LrK2vYd8NcE5hJg1UfA',
      DATA_DIR: directory,
      // Never contacted: the keys are checked first.
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      TICKET_SIGNING_KEYS: tickets,
      AUDIT_SIGNING_KEYS: audit,
    });
    await expect(startBoxoffice(config)).rejects.toThrow(/key in common/);
    await rm(directory, { recursive: true, force: true });
  });
});
