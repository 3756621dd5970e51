import { errors, type Client } from '@opensearch-project/opensearch';
import { SearchUnavailable, type VersionedDocument } from '../../ports/search/search-index.js';
import type { Clock } from '../../ports/system/clock.js';
import { TOO_BUSY, asUnavailable, rejectionOf } from './opensearch-errors.js';
import { bulkLines } from './opensearch-index.js';

/** Pauses before rejected documents are sent again to a busy server. Milliseconds. */
const PAUSES_MS = [100, 300, 1_000, 3_000];
/** Bytes of documents after which a new request starts. */
const BULK_BYTES = 4 * 1024 * 1024;
const OLDER_VERSION = 409;

/** Stores documents in requests of limited size. @throws SearchUnavailable */
export async function putDocuments(
  client: Client,
  clock: Clock,
  index: string,
  documents: readonly VersionedDocument[],
): Promise<void> {
  for (const part of partsOf(documents)) await putPart(client, clock, index, part);
}

function* partsOf(documents: readonly VersionedDocument[]): Generator<VersionedDocument[]> {
  let part: VersionedDocument[] = [];
  let bytes = 0;
  for (const versioned of documents) {
    part.push(versioned);
    bytes += JSON.stringify(versioned.document).length;
    if (bytes < BULK_BYTES) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

interface BulkAnswer {
  readonly errors: boolean;
  readonly items: readonly {
    readonly index: {
      readonly _id: string;
      readonly status: number;
      readonly error?: { readonly type: string; readonly reason?: string };
    };
  }[];
}

/**
 * Stores documents; retries those that a busy server rejected. The same or a newer version is kept.
 */
async function putPart(
  client: Client,
  clock: Clock,
  index: string,
  documents: readonly VersionedDocument[],
): Promise<void> {
  let left = documents;
  for (let attempt = 0; ; attempt++) {
    const answer = await bulk(client, index, left);
    if (answer !== 'busy') {
      const rejected = answer.items.filter(
        ({ index: item }) => item.error && item.status !== OLDER_VERSION,
      );
      const final = rejected.find(({ index: item }) => item.status !== TOO_BUSY)?.index;
      if (final)
        throw rejectionOf(final.error!.type, final.status, `${final._id}: ${final.error!.reason}`);
      if (rejected.length === 0) return;
      const again = new Set(rejected.map(({ index: item }) => item._id));
      left = left.filter(({ document }) => again.has(document.eventId));
    }
    const pause = PAUSES_MS[attempt];
    if (pause === undefined)
      throw new SearchUnavailable('OpenSearch is too busy to store documents.');
    await clock.sleep(pause);
  }
}

async function bulk(
  client: Client,
  index: string,
  documents: readonly VersionedDocument[],
): Promise<BulkAnswer | 'busy'> {
  try {
    const { body } = await client.bulk({
      body: bulkLines(index, documents) as never,
      require_alias: false,
    });
    return body as unknown as BulkAnswer;
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === TOO_BUSY) return 'busy';
    throw asUnavailable(error);
  }
}
