import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface FreshDatabase {
  url: string;
  /** Ends whatever is still connected and removes the database. */
  drop(): Promise<void>;
}

/** An empty database of its own on the server that the whole test run shares. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = process.env.TEST_SERVER_URL;
  if (!server) throw new Error('No test server: jest runs test/support/global-setup.ts, see jest.config.js.');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(server, `drop database if exists ${name} with (force)`) };
}

async function execute(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
