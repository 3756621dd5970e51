import { createHash, type Hash } from 'node:crypto';
import { follow, type ChainEnd, type ChainProblem } from '../domain/audit/chain.js';
import type { StoredEvent } from '../ports/event-store/stored-log.js';
import type { Finding } from './finding.js';
import type { Head } from './head.js';

/** What there is to say of a domain event that was read, without what it holds. */
type Place = Pick<Finding, 'stream' | 'revision' | 'id'>;

/** One stream on its way: how far its chain was followed, and what its next head of a checkpoint is held against. */
interface Following {
  end: ChainEnd;
  /** A link did not fit between these two: the next one shows which of them was altered. */
  suspects: readonly [Place | undefined, Place] | undefined;
  previous: Place;
  recorded: RecordedLines;
}

/** The chains of all streams while the log is read. */
export interface Chains {
  /** Goes on to the next domain event of its stream, with the head of a checkpoint that ends there. */
  follow(event: StoredEvent, previousDigest: string | undefined, head: Head | undefined): void;
  /** Nothing more comes: the last revision of each stream. */
  ends(): ReadonlyMap<string, number>;
}

const NAMED_OTHERWISE = 'what stands behind it names another digest';

/**
 * Of a stream that is over only its end is kept. That shows where streams come one after the other; where they come mixed, each
 * is on its way until the end, at some hundred bytes.
 */
export function openChains(inStreams: boolean, report: (finding: Finding) => void): Chains {
  const following = new Map<string, Following>();
  const ends = new Map<string, number>();

  const finish = (stream: string, { end, suspects }: Following) => {
    if (suspects) report(altered(suspects[0] ?? suspects[1], NAMED_OTHERWISE));
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
  let suspects: Following['suspects'];
  if (before?.suspects) {
    // This one rests on the one before as it is: then that was left alone, and the one before it was altered.
    const [first, second] = before.suspects;
    report(altered(followed.problem === 'altered' ? second : (first ?? second), NAMED_OTHERWISE));
  } else if (followed.problem === 'altered') suspects = [before?.previous, place];
  if (followed.problem && followed.problem !== 'altered') report(brokenAt(followed, place));
  const recorded = before?.recorded ?? openRecordedLines();
  recorded.add(`${event.revision} ${event.recordedAt}`);
  const now: Following = { end: followed.end, suspects, previous: place, recorded };
  if (head) holdAgainst(head, now, report);
  return now;
}

function holdAgainst(head: Head, state: Following, report: (finding: Finding) => void): void {
  const { end, suspects, previous } = state;
  if (head.digest !== end.digest)
    report(altered(previous, 'a checkpoint has another digest of it'));
  else if (suspects) {
    // As it was: then the one before it is not.
    report(altered(suspects[0] ?? previous, NAMED_OTHERWISE));
  } else if (state.recorded.digest() !== head.recordedDigest) {
    const detail = `it, or one before it in its stream, was taken at another time when a checkpoint saw it`;
    report({ ...previous, problem: 'time-altered', detail });
  }
  state.suspects = undefined;
  state.recorded = openRecordedLines();
}

/** The lines behind a head, joined and hashed. */
interface RecordedLines {
  add(line: string): void;
  /** SHA-256, base64url. Once. */
  digest(): string;
}

/** Characters that wait to be hashed: of many streams there are a few lines, and a hash under way takes more. */
const MAX_WAITING = 512;

function openRecordedLines(): RecordedLines {
  let hash: Hash | undefined;
  let waiting = '';
  let begun = false;
  return {
    add: (line) => {
      waiting += begun ? `\n${line}` : line;
      begun = true;
      if (waiting.length < MAX_WAITING) return;
      hash = (hash ?? createHash('sha256')).update(waiting);
      waiting = '';
    },
    digest: () => (hash ?? createHash('sha256')).update(waiting).digest('base64url'),
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
  missing: 'no such revision stands in the log, though later ones do',
  repeated: 'it stands where another one stands already',
  unchained: 'it names no digest, though those before it do',
};

function brokenAt(
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
