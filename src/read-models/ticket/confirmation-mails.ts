import { bulk, type Queryable } from '../tables/read-model.js';

/** A confirmed reservation whose buyer gets a mail. */
export interface DueMail {
  readonly eventId: string;
  readonly reservationId: string;
  /** ISO 8601. */
  readonly confirmedAt: string;
}

export interface MailToSend extends DueMail {
  /** Failed attempts. */
  readonly attempts: number;
}

/** `too-late`: the confirmation is so old that a mail would not help. */
export type MailOutcome = 'sent' | 'no-address' | 'too-late' | 'given-up';

interface Row {
  event_id: string;
  reservation_id: string;
  confirmed_at: string;
}

const dueRows = bulk<Row>({
  event_id: 'text',
  reservation_id: 'text',
  confirmed_at: 'timestamptz',
});

/** Inserts mails that are not known yet. A rebuild therefore sends no mail twice. */
export async function insertDueMails(
  transaction: Queryable,
  mails: readonly DueMail[],
): Promise<void> {
  if (mails.length === 0) return;
  await transaction.query({
    name: 'note-mails-due',
    text: `insert into confirmation_mails (${dueRows.names}) ${dueRows.rows}
           on conflict do nothing`,
    values: dueRows.values(
      mails.map(({ eventId, reservationId, confirmedAt }) => ({
        event_id: eventId,
        reservation_id: reservationId,
        confirmed_at: confirmedAt,
      })),
    ),
  });
}

/**
 * Maximum of mails per statement: with a log of several years the statement would exceed the query
 * timeout.
 */
const MAX_ENDED_AT_ONCE = 5_000;

export interface ConfirmationMails {
  /** Returns due mails, longest due first. `now` is milliseconds since the epoch. */
  due(now: number, limit: number): Promise<MailToSend[]>;
  /**
   * Ends mails for confirmations before `before` (milliseconds since the epoch) as too late, at
   * most `MAX_ENDED_AT_ONCE` per call.
   */
  endOld(before: number): Promise<void>;
  end(mail: DueMail, end: MailOutcome, error?: string): Promise<void>;
  /** @param nextAttemptAt milliseconds since the epoch */
  postpone(mail: DueMail, nextAttemptAt: number, error: string): Promise<void>;
}

export function confirmationMails(db: Queryable): ConfirmationMails {
  return {
    due: async (now, limit) => {
      const { rows } = await db.query<Row & { confirmed_at: Date; attempts: number }>({
        name: 'mails/due',
        text: `select event_id, reservation_id, confirmed_at, attempts from confirmation_mails
               where status = 'due' and next_attempt_at <= $1 order by next_attempt_at limit $2`,
        values: [new Date(now), limit],
      });
      return rows.map((row) => ({
        eventId: row.event_id,
        reservationId: row.reservation_id,
        confirmedAt: row.confirmed_at.toISOString(),
        attempts: row.attempts,
      }));
    },
    endOld: async (before) => {
      await db.query({
        name: 'mails/end-old',
        text: `update confirmation_mails set status = 'too-late', ended_at = clock_timestamp()
               where (event_id, reservation_id) in (
                 select event_id, reservation_id from confirmation_mails
                 where status = 'due' and confirmed_at < $1 limit ${MAX_ENDED_AT_ONCE})`,
        values: [new Date(before)],
      });
    },
    end: async ({ eventId, reservationId }, end, error) => {
      await db.query({
        name: 'mails/end',
        text: `update confirmation_mails set status = $3, error = $4, ended_at = clock_timestamp()
               where event_id = $1 and reservation_id = $2 and status = 'due'`,
        values: [eventId, reservationId, end, error],
      });
    },
    postpone: async ({ eventId, reservationId }, nextAttemptAt, error) => {
      await db.query({
        name: 'mails/put-off',
        text: `update confirmation_mails
               set attempts = attempts + 1, next_attempt_at = $3, error = $4
               where event_id = $1 and reservation_id = $2 and status = 'due'`,
        values: [eventId, reservationId, new Date(nextAttemptAt), error],
      });
    },
  };
}
