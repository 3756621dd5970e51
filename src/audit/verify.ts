import { createHash, type Hash } from 'node:crypto';
import type pg from 'pg';
import { follow, type ChainEnd, type ChainProblem } from '../domain/chain.js';
import type { StoredEvent, StoredLog } from '../ports/stored-log.js';
import {
  attestedBy,
  checkpointsAfter,
  digestOfDocument,
  headsOf,
  isSigned,
  rootOf,
  type Checkpoint,
  type Head,
  type SigningKey,
} from './checkpoints.js';

/** What is not as it was written, or as it was signed. */
export interface Finding {
  readonly problem:
    | ChainProblem
    /** A checkpoint has seen it, and the log ends before. */
    | 'removed'
    /** It was taken at another time than a checkpoint has seen. */
    | 'time-altered'
    | 'checkpoint-unsigned'
    | 'checkpoint-missing'
    | 'checkpoint-heads-altered'
    | 'checkpoint-not-as-kept';
  /** Empty for a checkpoint. */
  readonly stream: string;
  /** Of the domain event, or the number of the checkpoint. */
  readonly revision: number;
  /** Id of the domain event that stands there; null when none does. */
  readonly id: string | null;
  readonly detail: string;
}

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
const NAMED_OTHERWISE = 'what stands behind it names another digest';
const PAGE = 500;

/** One stream on its way: how far its chain was followed, and what its heads of checkpoints have to be held against. */
interface Following {
  end: ChainEnd;
  /** A link did not fit between these two: the next one shows which of them was altered. */
  suspects: readonly [StoredEvent | undefined, StoredEvent] | undefined;
  previous: StoredEvent;
  recorded: Hash;
  /** Lines go between, none before the first. */
  begun: boolean;
}

/** Reads the checkpoints and the whole log, and names what does not fit. Only reads. @throws EventStoreUnavailable */
export async function verifyLog(parts: VerifyParts): Promise<Verdict> {
  const findings: Finding[] = [];
  const known = new Set<string>();
  const report = (finding: Finding) => {
    const key = `${finding.problem} ${finding.stream} ${finding.revision}`;
    if (findings.length < MAX_FINDINGS && !known.has(key)) findings.push(finding);
    known.add(key);
  };
  const heads = new Map<string, Head[]>();
  const checkpoints = await verifyCheckpoints(parts, heads, report);
  const following = new Map<string, Following>();
  const total = await parts.log.estimate();
  let domainEvents = 0;
  let unchained = 0;
  for await (const portion of parts.log.portions()) {
    for (const event of portion) {
      const previousDigest = previousDigestOf(event);
      if (previousDigest === undefined) unchained++;
      step(following, heads, event, previousDigest, report);
    }
    domainEvents += portion.length;
    parts.onProgress?.(domainEvents, total);
  }
  for (const { suspects } of following.values()) {
    if (suspects) report(alteredOf(suspects[0] ?? suspects[1], NAMED_OTHERWISE));
  }
  for (const [stream, left] of heads) {
    const missed = left.at(-1)!;
    const end = following.get(stream)?.end.revision ?? -1n;
    report({
      problem: 'removed',
      stream,
      revision: Number(end) + 1,
      id: null,
      detail: `a checkpoint has seen revision ${missed.revision}, and the stream ends at ${end}`,
    });
  }
  return {
    intact: findings.length === 0,
    domainEvents,
    streams: following.size,
    unchained,
    checkpoints,
    findings,
  };
}

/** Signatures, the chain of the documents, and that the heads kept are those that were signed. Fills `heads`. */
async function verifyCheckpoints(
  { db, keys, kept = [] }: VerifyParts,
  heads: Map<string, Head[]>,
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
      for (const head of ofCheckpoint) heads.set(head.stream, [...(heads.get(head.stream) ?? []), head]);
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

function step(
  following: Map<string, Following>,
  heads: Map<string, Head[]>,
  event: StoredEvent,
  previousDigest: string | undefined,
  report: (finding: Finding) => void,
): void {
  const { stream } = event;
  const state = following.get(stream);
  const followed = follow(state?.end, event, previousDigest);
  let suspects: Following['suspects'];
  if (state?.suspects) {
    // This one rests on the one before as it is: then that was left alone, and the one before it was altered.
    const [first, second] = state.suspects;
    const altered = followed.problem === 'altered' ? second : (first ?? second);
    report(alteredOf(altered, NAMED_OTHERWISE));
  } else if (followed.problem === 'altered') suspects = [state?.previous, event];
  if (followed.problem && followed.problem !== 'altered') report(brokenAt(followed, event));
  const recorded = state?.recorded ?? createHash('sha256');
  recorded.update(`${state?.begun ? '\n' : ''}${event.revision} ${event.recordedAt}`);
  const now: Following = {
    end: followed.end,
    suspects,
    previous: event,
    recorded,
    begun: true,
  };
  following.set(stream, now);
  holdAgainstHead(now, heads, event, report);
}

function holdAgainstHead(
  state: Following,
  heads: Map<string, Head[]>,
  event: StoredEvent,
  report: (finding: Finding) => void,
): void {
  const ofStream = heads.get(event.stream);
  const [head] = ofStream ?? [];
  if (!ofStream || !head || BigInt(head.revision) > event.revision) return;
  if (ofStream.length === 1) heads.delete(event.stream);
  else ofStream.shift();
  if (BigInt(head.revision) !== event.revision) return;
  if (head.digest !== state.end.digest) {
    report(alteredOf(event, 'a checkpoint has another digest of it'));
    state.suspects = undefined;
  } else if (state.suspects) {
    // As it was: then the one before it is not.
    report(alteredOf(state.suspects[0] ?? event, NAMED_OTHERWISE));
    state.suspects = undefined;
  } else if (state.recorded.digest('base64url') !== head.recordedDigest) {
    const detail = `it, or one before it in its stream, was taken at another time when a checkpoint saw it`;
    report({ ...placeOf(event), problem: 'time-altered', detail });
  }
  state.recorded = createHash('sha256');
  state.begun = false;
}

const placeOf = ({ stream, revision, id }: StoredEvent) => ({ stream, revision: Number(revision), id });

const alteredOf = (event: StoredEvent, detail: string): Finding => ({
  ...placeOf(event),
  problem: 'altered',
  detail,
});

const DETAIL: Readonly<Record<Exclude<ChainProblem, 'altered'>, string>> = {
  missing: 'no such revision stands in the log, though later ones do',
  repeated: 'it stands where another one stands already',
  unchained: 'it names no digest, though those before it do',
};

function brokenAt(
  { problem, revision }: { problem: ChainProblem; revision: bigint },
  event: StoredEvent,
): Finding {
  const id = event.revision === revision ? event.id : null;
  const detail = DETAIL[problem as keyof typeof DETAIL];
  return { problem, stream: event.stream, revision: Number(revision), id, detail };
}
