/** A subscription that has given nothing for this long is at the end of the log, if the log answers. Milliseconds. */ const QUIET_MS = 500;
/** Between further looks, while it goes on giving nothing. Milliseconds. */ const LOOK_MS = 2_000;
/** For the log to answer. Milliseconds. */ const ANSWER_MS = 2_000;
/**
 * After the log was out of reach a subscription may still be waiting to be opened again: only when the log has answered
 * for this long does silence mean the end once more. Milliseconds.
 */ const REOPENED_MS = 7_000;
export function openSilence(log, clock, { onEnd, onOutOfReach }) {
    let trustedFrom = -Infinity;
    const look = async (given)=>{
        const answers = await answersInTime(log, clock);
        if (given.aborted) return;
        if (!answers) {
            trustedFrom = clock.now() + REOPENED_MS;
            onOutOfReach();
        } else if (clock.now() >= trustedFrom) onEnd();
    };
    const listen = async (given)=>{
        await clock.sleep(QUIET_MS, given);
        while(!given.aborted){
            await look(given);
            await clock.sleep(LOOK_MS, given);
        }
    };
    return {
        during: async (next)=>{
            const given = new AbortController();
            void listen(given.signal);
            try {
                return await next;
            } finally{
                given.abort();
            }
        }
    };
}
async function answersInTime(log, clock) {
    const answered = new AbortController();
    const answer = log.ping().then(()=>true, ()=>false);
    const late = clock.sleep(ANSWER_MS, answered.signal).then(()=>false);
    const inTime = await Promise.race([
        answer,
        late
    ]);
    answered.abort();
    return inTime;
}

//# sourceMappingURL=silence.js.map