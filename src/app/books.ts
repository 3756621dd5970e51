import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../adapters/postgres/embedded-postgres.js';
import { findRunningPostgres } from '../adapters/postgres/running.js';
import type { Config } from '../config/config.js';
import { openPaymentGateway, SANDBOX_JOURNAL } from './gateways.js';
import { IDLE_IN_TRANSACTION_MS } from '../ports/system/idle-limit.js';
import type { PaymentGateway } from '../ports/payment/payment-gateway.js';

/** For the database to answer. Milliseconds. */
const CONNECTION_MS = 10_000;

/** The books and the payment provider, for somebody who only looks; a Boxoffice may run beside, or not. */
export interface OpenedBooks {
  /** One connection, which waits for an answer as long as it takes. */
  readonly client: pg.Client;
  readonly gateway: PaymentGateway;
  close(): Promise<void>;
}

/** @throws Error when the database or the provider's list cannot be opened */
export async function openBooks(
  config: Config,
  log: (message: string) => void,
): Promise<OpenedBooks> {
  const opened: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (let last = opened.pop(); last; last = opened.pop()) await last().catch(() => undefined);
  };
  try {
    const connectionString = config.databaseUrl ?? (await databaseOf(config, log, opened));
    const client = new pg.Client({
      connectionString,
      application_name: 'boxoffice-ledger',
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      connectionTimeoutMillis: CONNECTION_MS,
    });
    client.on('error', (error) => log(`database connection lost: ${error.message}`));
    await client.connect();
    opened.push(() => client.end());
    const { gateway } = await openPaymentGateway(await withJournalOfItsOwn(config, opened), log);
    opened.push(() => gateway.close());
    return { client, gateway, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The embedded one, started if it does not run. @throws Error when there is none */
export async function databaseOf(
  { dataDir }: Config,
  log: (message: string) => void,
  opened: (() => Promise<unknown>)[],
): Promise<string> {
  const dataDirectory = join(dataDir, 'postgres');
  if (!(await isThere(dataDirectory))) {
    throw new Error(
      `There are no books in ${dataDir}: set DATA_DIR or DATABASE_URL as for the Boxoffice.`,
    );
  }
  const running = await findRunningPostgres(dataDirectory);
  if (running !== undefined) return running;
  const embedded = await startEmbeddedPostgres({ dataDirectory, log });
  opened.push(() => embedded.stop());
  return embedded.url;
}

/** A sandbox inside of a running Boxoffice keeps its journal to itself; what it has written so far may be read. */
async function withJournalOfItsOwn(
  config: Config,
  opened: (() => Promise<unknown>)[],
): Promise<Config> {
  if (config.payments !== 'sandbox' || config.paymentsSandboxUrl !== undefined) return config;
  const dataDir = await mkdtemp(join(tmpdir(), 'boxoffice-books-'));
  opened.push(() => rm(dataDir, { recursive: true, force: true }));
  const journal = join(config.dataDir, SANDBOX_JOURNAL);
  if (await isThere(journal)) await copyFile(journal, join(dataDir, SANDBOX_JOURNAL));
  return { ...config, dataDir };
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
