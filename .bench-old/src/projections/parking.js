import { bulk } from '../read-models/read-model.js';
/** Characters of an error that are kept. */ const MAX_ERROR_LENGTH = 10_000;
const parkedRows = bulk({
    name: 'text',
    version: 'int',
    generation: 'int',
    stream: 'text',
    revision: 'bigint',
    event_id: 'uuid',
    type: 'text',
    commit_position: 'numeric',
    prepare_position: 'numeric',
    event: 'json',
    error: 'text',
    attempts: 'int'
});
export async function park(transaction, { name, version, generation }, parked) {
    const rows = parked.map(({ event, error, attempts })=>({
            name,
            version,
            generation,
            stream: event.stream,
            revision: String(event.revision),
            event_id: event.id,
            type: event.type,
            commit_position: String(event.position.commit),
            prepare_position: String(event.position.prepare),
            event: {
                ...event,
                revision: String(event.revision),
                position: {
                    commit: String(event.position.commit),
                    prepare: String(event.position.prepare)
                }
            },
            error: error && storable(error),
            attempts
        }));
    await transaction.query({
        name: 'park-events',
        text: `insert into parked_events (${parkedRows.names}) ${parkedRows.rows}`,
        values: parkedRows.values(rows)
    });
}
/** What a column of text takes: no NUL, and no half of a character, such as a cut leaves. */ const storable = (error)=>error.slice(0, MAX_ERROR_LENGTH).replace(/\p{Surrogate}|\0/gu, '\ufffd');
/** Streams that are frozen behind a domain event that failed. */ export async function frozenStreams(db, { name, version, generation }) {
    const { rows } = await db.query({
        name: 'frozen-streams',
        text: 'select distinct stream from parked_events where name = $1 and version = $2 and generation = $3 and error is not null',
        values: [
            name,
            version,
            generation
        ]
    });
    return new Set(rows.map(({ stream })=>stream));
}
/** Domain events set aside, those that wait included. */ export async function countParked(db, { name, version, generation }) {
    const { rows } = await db.query('select count(*)::int as count from parked_events where name = $1 and version = $2 and generation = $3', [
        name,
        version,
        generation
    ]);
    return rows[0].count;
}

//# sourceMappingURL=parking.js.map