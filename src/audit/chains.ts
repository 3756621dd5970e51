import { createHash, type Hash } from 'node:crypto';
import { follow, type ChainEnd, type ChainProblem } from '../domain/audit/chain.js';
import type { StoredEvent } from '../ports/event-store/stored-log.js';
import type { Finding } from './finding.js';
import type { Head } from './head.js';

/** Identity of a domain event in a finding. */
type Place = Pick<Finding, 'stream' | 'revision' | 'id'>;

/** State of one stream while its chain is verified. */
interface Following {
  end: ChainEnd;
  /**
   * A digest did not match between these two; the next domain event shows which one was altered.
   */
  suspects: readonly [Place | undefined, Place] | undefined;
  previous: Place;
  recorded: RecordedLines;
}

/** The chains of all streams while the log is read. */
export interface Chains {
  /** Verifies the next domain event of its stream. `head`: the signed head that ends at it. */
  follow(event: StoredEvent, previousDigest: string | undefined, head: Head | undefined): void;
  /** Ends the verification. Returns the last revision of each stream. */
  ends(): ReadonlyMap<string, number>;
}

const DIGEST_MISMATCH = 'the next domain event names another digest';

/**
 * Opens the verification of all chains. When the log is read stream by stream, only the end of a
 * finished stream stays in memory. Otherwise every stream keeps some hundred bytes until the end.
 */
export function openChains(inStreams: boolean, report: (finding: Finding) => void): Chains {
  const following = new Map<string, Following>();
  const ends = new Map<string, number>();

  const finish = (stream: string, { end, suspects }: Following) => {
    if (suspects) report(altered(suspects[0] ?? suspects[1], DIGEST_MISMATCH));
    ends.set(stream, Number(end.revision));
  };
  const finishAll = () => {
    for (const [stream, state] of following) finish(stream, state);
    following.clear();
  };

  return {
    follow: (event, previousDigest, head) => {
      const before = following.get(event.stream);
      if (!before && inStreams) finishAll();
      following.set(event.stream, step(before, event, previousDigest, head, report));
    },
    ends: () => {
      finishAll();
      return ends;
    },
  };
}

function step(
  before: Following | undefined,
  event: StoredEvent,
  previousDigest: string | undefined,
  head: Head | undefined,
  report: (finding: Finding) => void,
): Following {
  const place = placeOf(event);
  const followed = follow(before?.end, event, previousDigest);
  const isAltered = followed.problem === 'altered';
  let suspects: Following['suspects'];
  if (before?.suspects) report(altered(oneOf(before.suspects, isAltered), DIGEST_MISMATCH));
  else if (isAltered) suspects = [before?.previous, place];
  if (followed.problem && !isAltered) report(findingAt(followed, place));
  const recorded = before?.recorded ?? openRecordedLines();
  recorded.add(`${event.revision} ${event.recordedAt}`);
  const now: Following = { end: followed.end, suspects, previous: place, recorded };
  if (head) compareWithHead(head, now, report);
  return now;
}

/** Returns the altered one: when the next digest matches, the last event is intact. */
const oneOf = (
  [first, second]: NonNullable<Following['suspects']>,
  isNextAltered: boolean,
): NonNullable<Following['suspects']>[1] => (isNextAltered ? second : (first ?? second));

function compareWithHead(head: Head, state: Following, report: (finding: Finding) => void): void {
  const { end, suspects, previous } = state;
  if (head.digest !== end.digest)
    report(altered(previous, 'a signed head has another digest of it'));
  else if (suspects) {
    // The last event is intact, so the one before it was altered.
    report(altered(suspects[0] ?? previous, DIGEST_MISMATCH));
  } else if (state.recorded.digest() !== head.recordedDigest) {
    const detail =
      'a signed head has another recorded time of this or an earlier domain event of the stream';
    report({ ...previous, problem: 'time-altered', detail });
  }
  state.suspects = undefined;
  state.recorded = openRecordedLines();
}

/** Hash over the recorded times since the last head. */
interface RecordedLines {
  add(line: string): void;
  /** Returns SHA-256, base64url. Must be called only once. */
  digest(): string;
}

/**
 * Characters buffered before hashing: most streams have few lines, and a hash object needs more
 * memory.
 */
const MAX_BUFFERED = 512;

function openRecordedLines(): RecordedLines {
  let hash: Hash | undefined;
  let buffered = '';
  let isEmpty = true;
  return {
    add: (line) => {
      buffered += isEmpty ? line : `\n${line}`;
      isEmpty = false;
      if (buffered.length < MAX_BUFFERED) return;
      hash = (hash ?? createHash('sha256')).update(buffered);
      buffered = '';
    },
    digest: () => (hash ?? createHash('sha256')).update(buffered).digest('base64url'),
  };
}

const placeOf = ({ stream, revision, id }: StoredEvent): Place => ({
  stream,
  revision: Number(revision),
  id,
});

const altered = (place: Place, detail: string): Finding => ({
  ...place,
  problem: 'altered',
  detail,
});

const DETAIL: Readonly<Record<Exclude<ChainProblem, 'altered'>, string>> = {
  missing: 'the log lacks this revision but has later ones',
  repeated: 'another domain event has the same revision',
  unchained: 'it has no digest, although earlier domain events have one',
};

function findingAt(
  { problem, revision }: { problem: ChainProblem; revision: bigint },
  place: Place,
): Finding {
  const at = Number(revision);
  const detail = DETAIL[problem as keyof typeof DETAIL];
  return {
    problem,
    stream: place.stream,
    revision: at,
    id: place.revision === at ? place.id : null,
    detail,
  };
}
