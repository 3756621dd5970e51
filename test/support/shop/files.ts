import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { LoggedEvent } from '../eventstoredb-node/log.js';
import type { Expected, Named } from './scenarios.js';

/**
 * A fixture in `test/fixtures/shop-<version>/<event store>`: a shop with work in progress, as
 * written by one version of the product.
 */
export const FILES = {
  /** Plain SQL of the whole database, with the transaction ids of its log. */
  database: 'database.sql.gz',
  /** One record a line, in log order; EventStoreDB only. */
  log: 'log.ndjson.gz',
  /** The data directory: signing keys, and the journal of the payments sandbox. */
  data: 'data.json',
  shop: 'shop.json',
} as const;

export interface Shop extends Named {
  /** Version of the product that wrote the fixture. */
  readonly version: string;
  /** Secrets that the shop ran with, and must run with again. */
  readonly settings: Readonly<Record<string, string>>;
  readonly expected: readonly Expected[];
}

const zip = promisify(gzip);
const unzip = promisify(gunzip);

export const writeZipped = async (path: string, text: string): Promise<void> =>
  writeFile(path, await zip(text, { level: 9 }));
export const readZipped = async (path: string): Promise<string> =>
  (await unzip(await readFile(path))).toString('utf8');

type Stored = Omit<LoggedEvent, 'revision' | 'position' | 'data' | 'metadata' | 'encoded'> & {
  revision: string;
  position: string;
  data: string;
  metadata: string;
};

/** One line for each record. */
export function recordsToText(records: readonly LoggedEvent[]): string {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
  const lines = records.map(
    ({ id, stream, revision, position, type, contentType, data, metadata, recordedAt }) => {
      const stored: Stored = {
        ...{
          position: String(position),
          stream,
          revision: String(revision),
          id,
          type,
          contentType,
        },
        ...{ data: text(data), metadata: text(metadata), recordedAt },
      };
      return `${JSON.stringify(stored)}\n`;
    },
  );
  return lines.join('');
}

export function recordsFromText(text: string): LoggedEvent[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const stored = JSON.parse(line) as Stored;
      return {
        ...stored,
        revision: BigInt(stored.revision),
        position: BigInt(stored.position),
        data: Buffer.from(stored.data),
        metadata: Buffer.from(stored.metadata),
      };
    });
}

/** The files of a data directory by name; directories and sockets are left out. */
export async function readDataDirectory(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'));
  const read = names.map(async ({ name }) => [name, await readFile(join(directory, name), 'utf8')]);
  return Object.fromEntries(await Promise.all(read)) as Record<string, string>;
}
