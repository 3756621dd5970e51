import type pg from 'pg';
import type { StoredEvent, StoredLog } from '../ports/event-store/stored-log.js';
import { openChains } from './chains.js';
import type { Finding } from './finding.js';
import { keyOf, type Head } from './head.js';
import {
  attestedBy,
  checkpointsAfter,
  digestOfDocument,
  headsAmong,
  headsOf,
  isSigned,
  lastHeads,
  rootOf,
  type Checkpoint,
  type SigningKey,
} from './signed-heads.js';

export interface Verdict {
  readonly intact: boolean;
  readonly domainEvents: number;
  readonly streams: number;
  /** Domain events of a time before there were digests: nothing can be said of these but by checkpoints. */
  readonly unchained: number;
  readonly checkpoints: number;
  /** The first in the order of reading; at most `MAX_FINDINGS`. */
  readonly findings: readonly Finding[];
}

export interface VerifyParts {
  readonly db: Pick<pg.Pool, 'query'>;
  readonly log: StoredLog;
  readonly keys: readonly Pick<SigningKey, 'kid' | 'publicKey'>[];
  /** Checkpoints that somebody has kept elsewhere: those of the database have to be the same. */
  readonly kept?: readonly Checkpoint[];
  readonly onProgress?: (domainEvents: number, total: number | undefined) => void;
}

const MAX_FINDINGS = 100;
const PAGE = 500;
const NO_HEADS: ReadonlyMap<string, Head> = new Map();

/** Reads the checkpoints and the whole log, and names what does not fit. Only reads. @throws EventStoreUnavailable */
export async function verifyLog(parts: VerifyParts): Promise<Verdict> {
  const findings: Finding[] = [];
  const known = new Set<string>();
  const report = (finding: Finding) => {
    const key = `${finding.problem} ${finding.stream} ${finding.revision}`;
    if (findings.length === MAX_FINDINGS || known.has(key)) return;
    findings.push(finding);
    known.add(key);
  };
  const { db, log, onProgress } = parts;
  const checkpoints = await verifyCheckpoints(parts, report);
  const chains = openChains(log.inStreams, report);
  const total = await log.estimate();
  let domainEvents = 0;
  let unchained = 0;
  for await (const portion of log.portions()) {
    const heads = checkpoints > 0 ? await headsAmong(db, portion, checkpoints) : NO_HEADS;
    for (const event of portion) {
      const previousDigest = previousDigestOf(event);
      if (previousDigest === undefined) unchained++;
      chains.follow(event, previousDigest, heads.get(keyOf(event)));
    }
    domainEvents += portion.length;
    onProgress?.(domainEvents, total);
  }
  const ends = chains.ends();
  for await (const { stream, revision } of lastHeads(db, checkpoints)) {
    const end = ends.get(stream) ?? -1;
    if (Number(revision) <= end) continue;
    const detail = `a checkpoint has seen revision ${revision}, and the stream ends at ${end}`;
    report({ problem: 'removed', stream, revision: end + 1, id: null, detail });
  }
  const streams = ends.size;
  return { intact: findings.length === 0, domainEvents, streams, unchained, checkpoints, findings };
}

/** Signatures, the chain of the documents, and that the heads kept are those that were signed. Gives their number. */
async function verifyCheckpoints(
  { db, keys, kept = [] }: VerifyParts,
  report: (finding: Finding) => void,
): Promise<number> {
  const about = (number: number) => ({ stream: '', revision: number, id: null });
  const keptBy = new Map(kept.map((checkpoint) => [checkpoint.number, checkpoint]));
  let previous = '';
  let number = 0;
  for (;;) {
    const page = await checkpointsAfter(db, number, PAGE);
    for (const checkpoint of page) {
      number++;
      if (checkpoint.number !== number)
        report({
          ...about(number),
          problem: 'checkpoint-missing',
          detail: `the next one is ${checkpoint.number}`,
        });
      number = checkpoint.number;
      const attested = attestedBy(checkpoint);
      if (!isSigned(checkpoint, keys))
        report({
          ...about(number),
          problem: 'checkpoint-unsigned',
          detail: `no key of ours has signed it (kid ${checkpoint.kid})`,
        });
      if (attested.number !== number || attested.previous !== previous)
        report({
          ...about(number),
          problem: 'checkpoint-missing',
          detail: 'it does not follow the one before it',
        });
      const elsewhere = keptBy.get(number);
      if (elsewhere && elsewhere.document !== checkpoint.document)
        report({
          ...about(number),
          problem: 'checkpoint-not-as-kept',
          detail: 'it is not the one that was kept elsewhere',
        });
      keptBy.delete(number);
      const ofCheckpoint = await headsOf(db, number);
      if (ofCheckpoint.length !== attested.streams || rootOf(ofCheckpoint) !== attested.root)
        report({
          ...about(number),
          problem: 'checkpoint-heads-altered',
          detail: 'its heads are not those that were signed',
        });
      previous = digestOfDocument(checkpoint.document);
    }
    if (page.length < PAGE) break;
  }
  for (const lost of keptBy.keys())
    report({
      ...about(lost),
      problem: 'checkpoint-missing',
      detail: 'it was kept elsewhere, and is not here',
    });
  return number;
}

/** Metadata that cannot be read any more names nothing: its digest tells that it was altered. */
function previousDigestOf({ metadata }: StoredEvent): string | undefined {
  try {
    const { previousDigest } = JSON.parse(metadata) as { previousDigest?: unknown };
    return typeof previousDigest === 'string' ? previousDigest : undefined;
  } catch {
    return undefined;
  }
}
