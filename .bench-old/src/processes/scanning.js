/** Between two scans. Milliseconds. */ const SCAN_MS = 1_000;
/**
 * Scans once a second, on one node at a time, until it is stopped. A scan that fails is told and tried again.
 * @param failed how the log begins to tell of a scan that failed
 */ export function startScanning({ inTurn, clock, log }, failed, scan) {
    const stopping = new AbortController();
    const { signal } = stopping;
    const run = async ()=>{
        while(!signal.aborted){
            await inTurn(()=>scan(signal)).catch((error)=>log(`${failed}, trying again: ${error.message}`));
            await clock.sleep(SCAN_MS, signal);
        }
    };
    const running = run();
    return {
        stop: async ()=>{
            stopping.abort();
            await running;
        }
    };
}
/** Works on some of them at once, in their order, until told to stop. */ export async function workThrough(items, atOnce, stopping, work) {
    const next = items.values();
    const worker = async ()=>{
        for (const item of next){
            if (stopping.aborted) return;
            await work(item);
        }
    };
    await Promise.all(Array.from({
        length: atOnce
    }, worker));
}
/** Of a command that nobody asked for but the process of this name. */ export function contextOfProcess(name, randomness) {
    const commandId = randomness.uuid();
    return {
        commandId,
        correlationId: commandId,
        causationId: commandId,
        actor: {
            id: name,
            role: 'system'
        }
    };
}

//# sourceMappingURL=scanning.js.map