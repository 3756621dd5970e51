import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';
import type pg from 'pg';
import { digestOf, type StoredText } from '../domain/audit/chain.js';
import { START, type Position } from '../ports/event-store/event-store.js';
import type { StoredLog } from '../ports/event-store/stored-log.js';
import { keyOf, type Head } from './head.js';

export interface SignedHead {
  /** From 1. */
  readonly number: number;
  /** Signed JSON text, byte for byte. */
  readonly document: string;
  /** Ed25519 signature of the document's bytes, base64url. */
  readonly signature: string;
  readonly kid: string;
}

/** Content of a signed document. */
export interface Attested {
  readonly number: number;
  readonly madeAt: string;
  /** Position in the log up to which domain events are covered. */
  readonly upTo: { readonly commit: string; readonly prepare: string };
  /** Number of streams that have grown since the previous signed head. */
  readonly streams: number;
  /** Root of the Merkle tree over their heads, ordered by stream name. */
  readonly root: string;
  /** SHA-256 of the previous document; empty for the first. */
  readonly previous: string;
}

export interface SigningKey {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject | undefined;
}

/** Streams read per query. */
const STREAMS_PAGE = 5_000;
/** Most domain events of one signed head: a log without any is signed in portions. */
const MAX_EVENTS = 50_000;
export const MAX_SIGNED_HEADS_SHOWN = 500;

export interface SignedHeads {
  newest(): Promise<SignedHead | undefined>;
  /** Returns signed heads after a number, in order. */
  list(after: number, limit: number): Promise<SignedHead[]>;
  heads(number: number): Promise<Head[]>;
  /** Public keys as JWKs. */
  readonly publicKeys: readonly object[];
  /**
   * Signs the domain events since the newest signed head. `signed` is false when there are none;
   * `more` is true when one signed head could not cover all.
   */
  sign(now: number): Promise<{ signed: boolean; more: boolean }>;
}

export interface SignedHeadParts {
  readonly pool: pg.Pool;
  readonly log: StoredLog;
  /** The first key signs. */
  readonly keys: readonly SigningKey[];
  readonly maxEvents?: number;
}

export function openSignedHeads({
  pool,
  log,
  keys,
  maxEvents = MAX_EVENTS,
}: SignedHeadParts): SignedHeads {
  const list = (after: number, limit: number) => signedHeadsAfter(pool, after, limit);
  const newest = async () => {
    const { rows } = await pool.query<SignedHead>(
      `${SELECT} order by audit_checkpoints.number desc limit 1`,
    );
    return rows[0];
  };
  return {
    newest,
    list,
    heads: (number) => headsOf(pool, number),
    publicKeys: keys.map(({ kid, publicKey }) => ({
      ...createPublicKey({ key: publicKey.export({ format: 'pem', type: 'spki' }) }).export({
        format: 'jwk',
      }),
      kid,
      alg: 'EdDSA',
      use: 'sig',
    })),
    sign: async (now) => {
      const before = await newest();
      const { number, upTo: signed, madeAt } = before ? attestedBy(before) : NOTHING_SIGNED;
      // Positions of the previous log are meaningless in the accepted one, so all streams are
      // signed.
      const upTo = (await logAcceptedAfter(pool, madeAt)) ? undefined : signed;
      const grown = await log.growth(upTo ? positionOf(upTo) : START, maxEvents);
      if (grown.streams.length === 0) return { signed: false, more: false };
      const heads = grown.streams.map(({ last, recordedDigest }): Head => ({
        stream: last.stream,
        revision: String(last.revision),
        digest: digestOf(last),
        recordedDigest,
      }));
      const { commit, prepare } = grown.upTo;
      const document = JSON.stringify({
        number: number + 1,
        madeAt: new Date(now).toISOString(),
        upTo: { commit: String(commit), prepare: String(prepare) },
        streams: heads.length,
        root: rootOf(heads),
        previous: before ? digestOfDocument(before.document) : '',
      } satisfies Attested);
      const { kid, privateKey } = keys[0]!;
      const signature = sign(null, Buffer.from(document), privateKey!).toString('base64url');
      await insert(pool, { number: number + 1, document, signature, kid }, heads);
      return { signed: true, more: !grown.caughtUp };
    },
  };
}

const NOTHING_SIGNED = { number: 0, upTo: undefined, madeAt: undefined };

/** Checks whether another log was accepted after a time. */
async function logAcceptedAfter(
  db: Pick<pg.Pool, 'query'>,
  after: string | undefined,
): Promise<boolean> {
  if (after === undefined) return false;
  const { rowCount } = await db.query(
    'select from log_acceptances where finished_at >= $1 limit 1',
    [after],
  );
  return rowCount === 1;
}

const SELECT = 'select number::int, document, signature, kid from audit_checkpoints';

export async function signedHeadsAfter(
  db: Pick<pg.Pool, 'query'>,
  after: number,
  limit: number,
): Promise<SignedHead[]> {
  const { rows } = await db.query<SignedHead>(
    `${SELECT} where number > $1 order by audit_checkpoints.number limit $2`,
    [after, limit],
  );
  return rows;
}

export async function headsOf(db: Pick<pg.Pool, 'query'>, number: number): Promise<Head[]> {
  const { rows } = await db.query<Head>(
    `select stream, revision::text, digest, recorded_digest as "recordedDigest"
     from audit_heads where checkpoint = $1 order by stream`,
    [number],
  );
  return rows;
}

/**
 * Returns the heads of signed heads up to a number that end at one of these domain events, keyed by
 * `keyOf`.
 */
export async function headsAmong(
  db: Pick<pg.Pool, 'query'>,
  portion: readonly Pick<StoredText, 'stream' | 'revision'>[],
  upTo: number,
): Promise<Map<string, Head>> {
  const spans = new Map<string, { from: bigint; to: bigint }>();
  for (const { stream, revision } of portion) {
    const span = spans.get(stream);
    if (span) span.to = revision;
    else spans.set(stream, { from: revision, to: revision });
  }
  const all = [...spans.values()];
  const { rows } = await db.query<Head>({
    name: 'audit-heads-among',
    text: `select h.stream, h.revision::text, digest, recorded_digest as "recordedDigest"
           from unnest($1::text[], $2::bigint[], $3::bigint[]) as span (stream, low, high)
           join audit_heads h
             on h.stream = span.stream collate "C" and h.revision between low and high
           where checkpoint <= $4`,
    values: [[...spans.keys()], all.map(({ from }) => from), all.map(({ to }) => to), upTo],
  });
  return new Map(rows.map((head) => [keyOf(head), head]));
}

/** Yields each stream with the last revision that the signed heads up to a number contain. */
export async function* lastHeads(
  db: Pick<pg.Pool, 'query'>,
  upTo: number,
): AsyncGenerator<Pick<Head, 'stream' | 'revision'>> {
  for (let last = ''; ;) {
    const { rows } = await db.query<Pick<Head, 'stream' | 'revision'>>({
      name: 'audit-last-heads',
      text: `select stream, max(revision)::text as revision from audit_heads
             where stream > $1 and checkpoint <= $2
             group by stream order by stream limit ${STREAMS_PAGE}`,
      values: [last, upTo],
    });
    yield* rows;
    if (rows.length < STREAMS_PAGE) return;
    last = rows.at(-1)!.stream;
  }
}

/** Inserts the signed head and its heads in one statement. The primary key admits one node only. */
async function insert(
  pool: pg.Pool,
  { number, document, signature, kid }: SignedHead,
  heads: readonly Head[],
): Promise<void> {
  await pool.query(
    `with checkpoint as (
       insert into audit_checkpoints (number, document, signature, kid) values ($1, $2, $3, $4)
       returning number)
     insert into audit_heads (checkpoint, stream, revision, digest, recorded_digest)
     select number, stream, revision, digest, "recordedDigest"
     from checkpoint, jsonb_to_recordset($5::jsonb)
       as head (stream text, revision bigint, digest text, "recordedDigest" text)`,
    [number, document, signature, kid, JSON.stringify(heads)],
  );
}

export const attestedBy = ({ document }: SignedHead): Attested => JSON.parse(document) as Attested;

export const digestOfDocument = (document: string): string => hash('sha256', document, 'base64url');

/** Checks the signature with the key of the given id. */
export function isSigned(
  { document, signature, kid }: SignedHead,
  keys: readonly Pick<SigningKey, 'kid' | 'publicKey'>[],
): boolean {
  const key = keys.find((known) => known.kid === kid);
  return (
    key !== undefined &&
    verify(null, Buffer.from(document), key.publicKey, Buffer.from(signature, 'base64url'))
  );
}

const positionOf = ({ commit, prepare }: Attested['upTo']): Position => ({
  commit: BigInt(commit),
  prepare: BigInt(prepare),
});

/**
 * Returns the root of a Merkle tree as in RFC 6962, base64url. A leaf is SHA-256 of a zero byte and
 * the lines of the head; a node is SHA-256 of a one byte and its two children. The left subtree has
 * the largest power of two below the number of leaves.
 */
export function rootOf(heads: readonly Head[]): string {
  const sorted = [...heads].sort((a, b) => (a.stream < b.stream ? -1 : 1));
  return merkle(sorted.map(leafOf)).toString('base64url');
}

const leafOf = ({ stream, revision, digest, recordedDigest }: Head): Buffer =>
  hash('sha256', Buffer.from(`\0${stream}\n${revision}\n${digest}\n${recordedDigest}`), 'buffer');

function merkle(leaves: readonly Buffer[]): Buffer {
  if (leaves.length <= 1) return leaves[0] ?? hash('sha256', '', 'buffer');
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  const halves = [merkle(leaves.slice(0, left)), merkle(leaves.slice(left))];
  return hash('sha256', Buffer.concat([Buffer.from([1]), ...halves]), 'buffer');
}
