import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const SOURCE = resolve('src');

/**
 * Every file that opens connections to Postgres. `server.ts` only creates the database, without
 * transactions.
 */
const OPENING = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith(join('postgres', 'server.ts')))
  .filter((name) => /new pg\.(Pool|Client)\(/.test(readFileSync(join(SOURCE, name), 'utf8')));

describe('connections to Postgres', () => {
  it.each(OPENING)('%s sets a limit for idle transactions', (name) => {
    const text = readFileSync(join(SOURCE, name), 'utf8');
    const opened = text.match(/new pg\.(Pool|Client)\(/g)!.length;
    expect(text.match(/idle_in_transaction_session_timeout/g) ?? []).toHaveLength(opened);
  });
});
