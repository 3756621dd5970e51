import type pg from 'pg';
import type { StoredEvent, StoredLog } from '../ports/event-store/stored-log.js';
import { openChains } from './chains.js';
import type { Finding } from './finding.js';
import { keyOf, type Head } from './head.js';
import {
  attestedBy,
  signedHeadsAfter,
  digestOfDocument,
  headsAmong,
  headsOf,
  isSigned,
  lastHeads,
  rootOf,
  type SignedHead,
  type SigningKey,
} from './signed-heads.js';

export interface Verdict {
  readonly intact: boolean;
  readonly domainEvents: number;
  readonly streams: number;
  /** Domain events written before digests existed: only signed heads protect them. */
  readonly unchained: number;
  readonly checkpoints: number;
  /** The first findings in reading order, at most `MAX_FINDINGS`. */
  readonly findings: readonly Finding[];
}

export interface VerifyParts {
  readonly db: Pick<pg.Pool, 'query'>;
  readonly log: StoredLog;
  readonly keys: readonly Pick<SigningKey, 'kid' | 'publicKey'>[];
  /** Signed heads that were stored elsewhere; the database must have the same. */
  readonly kept?: readonly SignedHead[];
  readonly onProgress?: (domainEvents: number, total: number | undefined) => void;
}

const MAX_FINDINGS = 100;
const PAGE = 500;
const NO_HEADS: ReadonlyMap<string, Head> = new Map();

/** Verifies the signed heads and the whole log. Only reads. @throws EventStoreUnavailable */
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
  const checkpoints = await verifySignedHeads(parts, report);
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
    const detail = `a signed head contains revision ${revision}, but the stream ends at ${end}`;
    report({ problem: 'removed', stream, revision: end + 1, id: null, detail });
  }
  const streams = ends.size;
  return { intact: findings.length === 0, domainEvents, streams, unchained, checkpoints, findings };
}

type Report = (finding: Finding) => void;

/**
 * Verifies signatures, the chain of documents, and that the stored heads are the signed ones.
 * Returns the number of signed heads.
 */
async function verifySignedHeads(
  { db, keys, kept = [] }: VerifyParts,
  report: Report,
): Promise<number> {
  const keptByNumber = new Map(kept.map((head) => [head.number, head]));
  let previous = '';
  let number = 0;
  for (;;) {
    const page = await signedHeadsAfter(db, number, PAGE);
    for (const head of page) {
      number++;
      if (head.number !== number)
        report(findingOf(number, 'checkpoint-missing', `the next one is ${head.number}`));
      number = head.number;
      verifyDocument(head, previous, keys, report);
      const copy = keptByNumber.get(number);
      if (copy && copy.document !== head.document)
        report(findingOf(number, 'checkpoint-not-as-kept', 'the copy stored elsewhere differs'));
      keptByNumber.delete(number);
      const { streams, root } = attestedBy(head);
      const heads = await headsOf(db, number);
      if (heads.length !== streams || rootOf(heads) !== root)
        report(findingOf(number, 'checkpoint-heads-altered', 'its heads are not the signed ones'));
      previous = digestOfDocument(head.document);
    }
    if (page.length < PAGE) break;
  }
  for (const lost of keptByNumber.keys())
    report(
      findingOf(lost, 'checkpoint-missing', 'a copy exists elsewhere, but the database has none'),
    );
  return number;
}

function verifyDocument(
  head: SignedHead,
  previous: string,
  keys: VerifyParts['keys'],
  report: Report,
): void {
  const { number, kid } = head;
  if (!isSigned(head, keys))
    report(findingOf(number, 'checkpoint-unsigned', `no known key has signed it (kid ${kid})`));
  const attested = attestedBy(head);
  if (attested.number !== number || attested.previous !== previous)
    report(findingOf(number, 'checkpoint-missing', 'it does not follow the previous one'));
}

const findingOf = (number: number, problem: Finding['problem'], detail: string): Finding => ({
  problem,
  stream: '',
  revision: number,
  id: null,
  detail,
});

/** Returns undefined for damaged metadata: the digest of the event then shows the alteration. */
function previousDigestOf({ metadata }: StoredEvent): string | undefined {
  try {
    const { previousDigest } = JSON.parse(metadata) as { previousDigest?: unknown };
    return typeof previousDigest === 'string' ? previousDigest : undefined;
  } catch {
    return undefined;
  }
}
