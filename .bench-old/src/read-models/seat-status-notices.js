/** Postgres channel over which the nodes hear of the seat status. */ export const SEAT_STATUS_CHANNEL = 'seat_status';
/** Bytes of one notification; Postgres refuses 8,000. */ const MAX_NOTIFICATION_BYTES = 7_900;
/** More notifications than this in one batch are sent as one `*`. */ const MAX_NOTIFICATIONS = 8;
const ALL = '*';
const SERVES = 'serves';
/** Heard by whoever listens once the caller's transaction is committed. */ export async function notifyOfRevisions(transaction, set, inventories) {
    const payloads = [];
    for (const { eventId, revision } of inventories){
        const entry = `${eventId}:${revision}`;
        const last = payloads.at(-1);
        const extended = `${last},${entry}`;
        if (last === undefined || Buffer.byteLength(extended) > MAX_NOTIFICATION_BYTES) payloads.push(`${set} ${entry}`);
        else payloads[payloads.length - 1] = extended;
    }
    await notify(transaction, payloads.length > MAX_NOTIFICATIONS ? [
        `${set} ${ALL}`
    ] : payloads);
}
/** From the commit of the caller's transaction on, queries see the tables of this set. */ export const notifyOfSwitch = (transaction, set)=>notify(transaction, [
        `${set} ${SERVES}`
    ]);
async function notify(transaction, payloads) {
    await transaction.query({
        name: 'notify-seat-status',
        text: `select pg_notify('${SEAT_STATUS_CHANNEL}', payload) from unnest($1::text[]) payload`,
        values: [
            payloads
        ]
    });
}
/** Undefined for what no code that is known here has sent. */ export function readNotice(payload) {
    const [, set, what] = /^(v\d+(?:_g\d+)?) (.+)$/.exec(payload) ?? [];
    if (set === undefined || what === undefined) return undefined;
    if (what === ALL || what === SERVES) return {
        set,
        moved: what
    };
    const moved = what.split(',').map((entry)=>{
        const at = entry.lastIndexOf(':');
        return {
            eventId: entry.slice(0, at),
            revision: Number(entry.slice(at + 1))
        };
    });
    const isComplete = moved.every(({ eventId, revision })=>eventId !== '' && Number.isSafeInteger(revision));
    return isComplete ? {
        set,
        moved
    } : undefined;
}

//# sourceMappingURL=seat-status-notices.js.map