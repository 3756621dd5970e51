/**
 * Runs `work` if no other node is at it. The turn is an advisory lock of a transaction that writes nothing: it ends
 * with the connection, so a node that dies gives it up, and it holds no other transaction up.
 *
 * @param name of what is taken in turns, the same on every node
 */ export async function takeTurn(pool, name, work) {
    const client = await pool.connect();
    let broken;
    // A connection that is lost while `work` runs is told by this event alone, which ends the process when nobody listens.
    const lost = (error)=>broken = error;
    client.on('error', lost);
    try {
        await client.query('begin read only');
        const { rows } = await client.query({
            name: 'take-turn',
            text: 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as taken',
            values: [
                `turn:${name}`
            ]
        });
        if (rows[0]?.taken) await work();
        await client.query('commit');
        return rows[0]?.taken ?? false;
    } catch (error) {
        broken = error;
        throw error;
    } finally{
        client.off('error', lost);
        client.release(broken);
    }
}

//# sourceMappingURL=turn.js.map