export const WORD_OF = {
    a: 'available',
    r: 'reserved',
    s: 'sold',
    b: 'blocked'
};
export function seatLetters(eventId, seatingPlanHash, layout, taken) {
    const letters = Buffer.alloc(layout.seatCount, 'a');
    let { revision, counts } = taken;
    let cached;
    const put = (changes)=>{
        for (const { seatId, status } of changes){
            const seat = layout.indexOf.get(seatId);
            if (seat !== undefined) letters[seat] = status.charCodeAt(0);
        }
    };
    put(taken.changes);
    return {
        get revision () {
            return revision;
        },
        get counts () {
            return counts;
        },
        apply: (changes)=>{
            put(changes.changes);
            ({ revision, counts } = changes);
            cached = undefined;
        },
        snapshot: ()=>cached ??= takeSnapshot({
                eventId,
                seatingPlanHash,
                revision,
                counts
            }, letters)
    };
}
function takeSnapshot(head, letters) {
    const { eventId, revision, counts } = head;
    const status = letters.toString('latin1');
    const before = JSON.stringify({
        eventId,
        revision,
        counts
    }).slice(0, -1);
    const json = Buffer.from(`${before},"status":"${status}"}`);
    return {
        ...head,
        status,
        etag: `"${revision}"`,
        json
    };
}
export function toDelta({ revision, changes }) {
    const worded = changes.map(({ seatId, status })=>({
            seatId,
            status: WORD_OF[status]
        }));
    const data = JSON.stringify({
        revision,
        changes: worded
    });
    return {
        revision,
        changes: worded,
        frame: Buffer.from(`id: ${revision}\ndata: ${data}\n\n`)
    };
}

//# sourceMappingURL=seat-status-board.js.map