import { csvOf } from '../../audit/csv.js';
import type { Entry } from '../../audit/history.js';
import type { RefusedAttempt } from '../../audit/refused-attempts.js';
import type { ReportToPrint } from '../../ports/ticket/ticket-printer.js';
import { problemKind, PROBLEMS, type ProblemCode } from '../problems/table/problem-table.js';
import type { FoundHistory } from './audit-lookups.js';
import type { HistoryAnswer } from './history-answers.js';

/** Entries of a printed report: about fifty pages. */
export const MAX_PRINTED = 500;

export interface HistoryToShow extends FoundHistory {
  readonly eventId: string;
  /** The subject: `seatId`, `reservationId` or `customerId`. */
  readonly about: Readonly<Record<string, string>>;
}

export const historyAnswer = ({
  eventId,
  about,
  complete,
  entries,
  refused,
}: HistoryToShow): HistoryAnswer => ({
  eventId,
  ...about,
  complete,
  entries,
  refused: refused.map((attempt) => ({
    ...attempt,
    at: new Date(attempt.at).toISOString(),
    sentence: refusedSentence(attempt),
  })),
});

function refusedSentence(attempt: RefusedAttempt): string {
  const { accountId, code, seatIds, reservationId, asked } = attempt;
  const title = code in PROBLEMS ? problemKind(code as ProblemCode).title : code;
  const seats = `${seatIds.length === 1 ? 'seat' : 'seats'} ${seatIds.join(', ')}`;
  const forSeats = seatIds.length > 0 ? ` for ${seats}` : '';
  const aboutReservation = reservationId === null ? '' : ` about reservation ${reservationId}`;
  const subject = `${forSeats}${aboutReservation}`;
  return `Account ${accountId} asked${subject} (${asked}) and was refused: ${title}.`;
}

/** A line of a CSV file or a report: a domain event or a rejected request. */
interface Line {
  readonly at: string;
  readonly kind: 'change' | 'refused';
  readonly sentence: string;
  readonly entry?: Entry;
  readonly attempt?: RefusedAttempt;
}

/** Returns domain events and rejected requests in the order of time. */
function linesOf({ entries, refused }: HistoryToShow): Line[] {
  const changes = entries.map((entry): Line => {
    const { at, sentence } = entry;
    return { at, sentence, kind: 'change', entry };
  });
  const refusals = refused.map((attempt): Line => ({
    at: new Date(attempt.at).toISOString(),
    kind: 'refused',
    sentence: refusedSentence(attempt),
    attempt,
  }));
  return [...changes, ...refusals].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

type Cell = string | number | null;

const COLUMNS = [
  'at',
  'kind',
  'sentence',
  'type',
  'stream',
  'revision',
  'domainEventId',
  'account',
  'role',
  'addressHash',
  'userAgent',
  'commandId',
  'correlationId',
  'causationId',
  'schemaVersion',
  'data',
];

export const historyCsv = (history: HistoryToShow): string =>
  csvOf(
    COLUMNS,
    linesOf(history).map(({ at, kind, sentence, entry, attempt }) => [
      at,
      kind,
      sentence,
      ...(entry ? entryCells(entry) : attemptCells(attempt!)),
    ]),
  );

const entryCells = (entry: Entry): Cell[] => [
  entry.type,
  entry.stream,
  entry.revision,
  entry.id,
  entry.actor?.id ?? null,
  entry.actor?.role ?? null,
  entry.client?.addressHash ?? null,
  entry.client?.userAgent ?? null,
  entry.commandId,
  entry.correlationId,
  entry.causationId,
  entry.schemaVersion,
  JSON.stringify(entry.data),
];

/**
 * A rejected request has no stream, revision, domain event, role, command, cause or schema version.
 */
const attemptCells = ({ asked, seatIds, reservationId, ...attempt }: RefusedAttempt): Cell[] => [
  attempt.code,
  null,
  null,
  null,
  attempt.accountId,
  null,
  attempt.addressHash,
  attempt.userAgent,
  null,
  attempt.correlationId,
  null,
  null,
  JSON.stringify({ asked, seatIds, reservationId }),
];

const SUBJECTS: Readonly<Record<string, string>> = {
  seatId: 'seat',
  reservationId: 'reservation',
  customerId: 'customer',
};

export function historyReport(
  history: HistoryToShow,
  eventName: string,
  now: number,
): ReportToPrint {
  const lines = linesOf(history);
  const [[subject, id]] = Object.entries(history.about) as [[string, string]];
  const isCut = lines.length > MAX_PRINTED || !history.complete;
  const madeAt = new Date(now).toISOString();
  return {
    title: `History of ${SUBJECTS[subject]} ${id}`,
    about: [
      `Event: ${eventName} (${history.eventId})`,
      `Printed by Boxoffice from its log at ${madeAt}. All times are UTC.`,
      ...(isCut
        ? [`NOT COMPLETE: at most the first ${MAX_PRINTED} entries; the CSV has more.`]
        : []),
    ],
    madeAt,
    entries: lines.slice(0, MAX_PRINTED).map(({ at, sentence, entry, attempt }) => ({
      at: at.replace('T', ' ').replace('Z', ' UTC'),
      sentence,
      details: entry ? entryDetails(entry) : attemptDetails(attempt!),
    })),
  };
}

function entryDetails(entry: Entry): string {
  const { type, stream, revision, id, actor, client, commandId, correlationId, data } = entry;
  const from = client ? `, address ${client.addressHash}, ${client.userAgent}` : '';
  const account = actor ? `${actor.id} (${actor.role})${from}` : 'unknown';
  return [
    `${type}, revision ${revision} of ${stream}, id ${id}.`,
    `Asked by ${account}; command ${commandId}, correlation ${correlationId}.`,
    JSON.stringify(data),
  ].join(' ');
}

const attemptDetails = ({ code, addressHash, userAgent, correlationId }: RefusedAttempt): string =>
  `${code}. Address ${addressHash}, ${userAgent}; correlation ${correlationId}.`;
