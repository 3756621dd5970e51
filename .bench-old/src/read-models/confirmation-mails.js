import { bulk } from './read-model.js';
const dueRows = bulk({
    event_id: 'text',
    reservation_id: 'text',
    confirmed_at: 'timestamptz'
});
/** What is there already stays as it is, so that reading the log again mails nobody again. */ export async function noteMailsDue(transaction, mails) {
    if (mails.length === 0) return;
    await transaction.query({
        name: 'note-mails-due',
        text: `insert into confirmation_mails (${dueRows.names}) ${dueRows.rows} on conflict do nothing`,
        values: dueRows.values(mails.map(({ eventId, reservationId, confirmedAt })=>({
                event_id: eventId,
                reservation_id: reservationId,
                confirmed_at: confirmedAt
            })))
    });
}
/** Mails of one statement: what is found on a log that is years old must not take longer than a query may. */ const MAX_ENDED_AT_ONCE = 5_000;
export function confirmationMails(db) {
    return {
        due: async (now, limit)=>{
            const { rows } = await db.query({
                name: 'mails/due',
                text: `select event_id, reservation_id, confirmed_at, attempts from confirmation_mails
               where status = 'due' and next_attempt_at <= $1 order by next_attempt_at limit $2`,
                values: [
                    new Date(now),
                    limit
                ]
            });
            return rows.map((row)=>({
                    eventId: row.event_id,
                    reservationId: row.reservation_id,
                    confirmedAt: row.confirmed_at.toISOString(),
                    attempts: row.attempts
                }));
        },
        endOld: async (before)=>{
            await db.query({
                name: 'mails/end-old',
                text: `update confirmation_mails set status = 'too-late', ended_at = clock_timestamp()
               where (event_id, reservation_id) in (
                 select event_id, reservation_id from confirmation_mails
                 where status = 'due' and confirmed_at < $1 limit ${MAX_ENDED_AT_ONCE})`,
                values: [
                    new Date(before)
                ]
            });
        },
        end: async ({ eventId, reservationId }, end, error)=>{
            await db.query({
                name: 'mails/end',
                text: `update confirmation_mails set status = $3, error = $4, ended_at = clock_timestamp()
               where event_id = $1 and reservation_id = $2 and status = 'due'`,
                values: [
                    eventId,
                    reservationId,
                    end,
                    error
                ]
            });
        },
        putOff: async ({ eventId, reservationId }, nextAttemptAt, error)=>{
            await db.query({
                name: 'mails/put-off',
                text: `update confirmation_mails set attempts = attempts + 1, next_attempt_at = $3, error = $4
               where event_id = $1 and reservation_id = $2 and status = 'due'`,
                values: [
                    eventId,
                    reservationId,
                    new Date(nextAttemptAt),
                    error
                ]
            });
        }
    };
}

//# sourceMappingURL=confirmation-mails.js.map