/** @param maxWaiting domain events beyond which nothing more is read until they are taken */ export function openIntake(batches, maxWaiting) {
    let waiting;
    let over = false;
    let leaving = false;
    let failure;
    let onChange = ()=>{};
    let onTaken = ()=>{};
    const isFull = ()=>waiting !== undefined && waiting.events.length >= maxWaiting;
    const read = async ()=>{
        try {
            for await (const batch of batches){
                if (waiting) {
                    waiting.events.push(...batch.events);
                    waiting = {
                        ...batch,
                        events: waiting.events
                    };
                } else waiting = {
                    ...batch,
                    events: [
                        ...batch.events
                    ]
                };
                onChange();
                if (isFull() && !leaving) await new Promise((resolve)=>onTaken = resolve);
            }
        } catch (error) {
            failure = error;
        }
        over = true;
        onChange();
    };
    const reading = read();
    return {
        isFull,
        next: async ()=>{
            if (!waiting && !over) await new Promise((resolve)=>onChange = resolve);
            const batch = waiting;
            waiting = undefined;
            onTaken();
            if (!batch && failure !== undefined) throw failure;
            return batch;
        },
        ended: ()=>{
            leaving = true;
            onTaken();
            return reading;
        }
    };
}

//# sourceMappingURL=intake.js.map