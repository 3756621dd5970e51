/** How often the end of the log is looked at while somebody waits there. Milliseconds. */ const POLL_MS = 20;
export function openTail(pool, settled, closing) {
    const head = `select transaction_id::text || '/' || position from domain_events where ${settled}
                order by transaction_id desc, position desc limit 1`;
    let version = 0;
    let lastHead;
    let waiting = new Set();
    const wake = ()=>{
        version++;
        const woken = waiting;
        waiting = new Set();
        for (const resolve of woken)resolve();
    };
    const poll = async ()=>{
        while(!closing.aborted){
            await new Promise((resolve)=>setTimeout(resolve, POLL_MS));
            if (waiting.size === 0 || closing.aborted) continue;
            const { rows } = await pool.query({
                name: 'head',
                text: head,
                rowMode: 'array'
            }).catch(()=>({
                    rows: []
                }));
            const newHead = rows[0]?.[0];
            if (newHead !== lastHead) wake();
            lastHead = newHead;
        }
        wake();
    };
    return {
        version: ()=>version,
        changed: (seen, signal)=>new Promise((resolve)=>{
                if (version !== seen || signal.aborted) return resolve();
                const done = ()=>{
                    signal.removeEventListener('abort', done);
                    waiting.delete(done);
                    resolve();
                };
                waiting.add(done);
                signal.addEventListener('abort', done, {
                    once: true
                });
            }),
        wake,
        ended: poll()
    };
}

//# sourceMappingURL=postgres-tail.js.map