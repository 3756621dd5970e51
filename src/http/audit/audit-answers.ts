import { csvOf } from '../../audit/csv.js';
import type { Entry, Story } from '../../audit/history.js';
import type { RefusedAttempt } from '../../audit/refused-attempts.js';
import type { Moment } from '../../audit/time-travel.js';
import { AVAILABLE, RESERVED, SOLD } from '../../domain/seat-inventory/availability.js';
import type { SeatInventory } from '../../domain/seat-inventory/state.js';
import type { ReportToPrint } from '../../ports/ticket/ticket-printer.js';
import { problemKind, PROBLEMS, type ProblemCode } from '../problems/problem-table.js';

/** Entries of a printed report: some fifty pages. */
export const MAX_PRINTED = 500;

export interface Told extends Story {
  readonly eventId: string;
  /** `seatId`, `reservationId` or `customerId`. */
  readonly about: Readonly<Record<string, string>>;
  readonly refused: readonly RefusedAttempt[];
}

export const storyAnswer = ({ eventId, about, complete, entries, refused }: Told): object => ({
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

function refusedSentence({
  accountId,
  code,
  seatIds,
  reservationId,
  asked,
}: RefusedAttempt): string {
  const title = code in PROBLEMS ? problemKind(code as ProblemCode).title : code;
  const what = [
    seatIds.length > 0
      ? ` for ${seatIds.length === 1 ? 'seat' : 'seats'} ${seatIds.join(', ')}`
      : '',
    reservationId === null ? '' : ` about reservation ${reservationId}`,
  ].join('');
  return `Account ${accountId} asked${what} (${asked}) and was refused: ${title}.`;
}

interface Line {
  readonly at: string;
  readonly kind: 'change' | 'refused';
  readonly sentence: string;
  readonly entry?: Entry;
  readonly attempt?: RefusedAttempt;
}

/** What happened and what was refused, in the order of time. */
function linesOf({ entries, refused }: Told): Line[] {
  const changes = entries.map((entry): Line => ({
    ...{ at: entry.at, sentence: entry.sentence },
    kind: 'change',
    entry,
  }));
  const refusals = refused.map((attempt): Line => ({
    at: new Date(attempt.at).toISOString(),
    kind: 'refused',
    sentence: refusedSentence(attempt),
    attempt,
  }));
  return [...changes, ...refusals].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

const COLUMNS = [
  ...['at', 'kind', 'sentence', 'type', 'stream', 'revision', 'domainEventId', 'account', 'role'],
  ...[
    'addressHash',
    'userAgent',
    'commandId',
    'correlationId',
    'causationId',
    'schemaVersion',
    'data',
  ],
];

export const storyCsv = (told: Told): string =>
  csvOf(
    COLUMNS,
    linesOf(told).map(({ at, kind, sentence, entry, attempt }) => {
      if (entry) {
        const { type, stream, revision, id, actor, client, commandId, correlationId, causationId } =
          entry;
        return [
          ...[
            at,
            kind,
            sentence,
            type,
            stream,
            revision,
            id,
            actor?.id ?? null,
            actor?.role ?? null,
          ],
          ...[
            client?.addressHash ?? null,
            client?.userAgent ?? null,
            commandId,
            correlationId,
            causationId,
          ],
          ...[entry.schemaVersion, JSON.stringify(entry.data)],
        ];
      }
      const {
        code,
        accountId,
        addressHash,
        userAgent,
        correlationId,
        asked,
        seatIds,
        reservationId,
      } = attempt!;
      return [
        ...[at, kind, sentence, code, null, null, null, accountId, null, addressHash, userAgent],
        ...[null, correlationId, null, null, JSON.stringify({ asked, seatIds, reservationId })],
      ];
    }),
  );

export function storyReport(told: Told, eventName: string, now: number): ReportToPrint {
  const lines = linesOf(told);
  const [[what, id]] = Object.entries(told.about) as [[string, string]];
  const cut = lines.length > MAX_PRINTED || !told.complete;
  return {
    title: `History of ${WHAT[what]} ${id}`,
    about: [
      `Event: ${eventName} (${told.eventId})`,
      `Printed by Boxoffice from its log at ${new Date(now).toISOString()}. All times are UTC.`,
      ...(cut ? [`NOT COMPLETE: the first ${MAX_PRINTED} entries at most; the CSV has more.`] : []),
    ],
    madeAt: new Date(now).toISOString(),
    entries: lines.slice(0, MAX_PRINTED).map(({ at, sentence, entry, attempt }) => ({
      at: at.replace('T', ' ').replace('Z', ' UTC'),
      sentence,
      details: entry ? detailsOf(entry) : refusedDetails(attempt!),
    })),
  };
}

const WHAT: Readonly<Record<string, string>> = {
  seatId: 'seat',
  reservationId: 'reservation',
  customerId: 'customer',
};

function detailsOf({
  type,
  stream,
  revision,
  id,
  actor,
  client,
  commandId,
  correlationId,
  data,
}: Entry): string {
  const from = client ? `, address ${client.addressHash}, ${client.userAgent}` : '';
  const who = actor ? `${actor.id} (${actor.role})${from}` : 'unknown';
  return `${type}, revision ${revision} of ${stream}, id ${id}. Asked by ${who}; command ${commandId}, correlation ${correlationId}. ${JSON.stringify(data)}`;
}

const refusedDetails = ({ code, addressHash, userAgent, correlationId }: RefusedAttempt): string =>
  `${code}. Address ${addressHash}, ${userAgent}; correlation ${correlationId}.`;

const LETTERS = 'arsb';
const WORDS = ['available', 'reserved', 'sold', 'blocked'] as const;

/** @param holders also who has each seat that somebody has */
export function stateAnswer(eventId: string, moment: Moment, holders: boolean): object {
  const { inventory, revision, recordedAt } = moment;
  const { salesClosed, cancelled, rules, layout, status } = inventory;
  return {
    eventId,
    revision: Number(revision),
    at: new Date(recordedAt).toISOString(),
    openedAt: rules?.openedAt ?? null,
    ...{ salesClosed, cancelled },
    counts: countsOf(inventory),
    reservations: inventory.reservations.count,
    status: Array.from(status, (seat) => LETTERS[seat]).join(''),
    ...(holders && {
      holders: layout.seatIds.flatMap((seatId, seat) => {
        const state = seatState(inventory, seat);
        return state.reservationId === null ? [] : [{ seatId, ...state }];
      }),
    }),
  };
}

function countsOf({ status }: SeatInventory) {
  const counts = [0, 0, 0, 0];
  for (const seat of status) counts[seat]!++;
  return Object.fromEntries(WORDS.map((word, at) => [word, counts[at]!]));
}

function seatState({ status, holder, reservations }: SeatInventory, seat: number) {
  const held =
    status[seat] === RESERVED || status[seat] === SOLD
      ? reservations.get(holder[seat]!)
      : undefined;
  return {
    status: WORDS[status[seat] ?? AVAILABLE]!,
    reservationId: held?.id ?? null,
    customerId: held?.customerId ?? null,
  };
}

/** Seats that are not as they were. */
export function differenceAnswer(eventId: string, before: Moment, after: Moment): object {
  const side = ({ inventory, revision, recordedAt }: Moment) => ({
    revision: Number(revision),
    at: new Date(recordedAt).toISOString(),
    counts: countsOf(inventory),
  });
  const changes = after.inventory.layout.seatIds.flatMap((seatId, seat) => {
    const [then, now] = [seatState(before.inventory, seat), seatState(after.inventory, seat)];
    const same = then.status === now.status && then.reservationId === now.reservationId;
    return same ? [] : [{ seatId, before: then, after: now }];
  });
  return {
    eventId,
    from: side(before),
    to: side(after),
    domainEvents: Number(after.revision - before.revision),
    changes,
  };
}
