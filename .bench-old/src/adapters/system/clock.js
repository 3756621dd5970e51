export const systemClock = {
    now: ()=>Date.now(),
    sleep: (ms, signal)=>new Promise((resolve)=>{
            if (signal?.aborted) return resolve();
            const done = ()=>{
                clearTimeout(timer);
                signal?.removeEventListener('abort', done);
                resolve();
            };
            const timer = setTimeout(done, ms);
            signal?.addEventListener('abort', done, {
                once: true
            });
        })
};

//# sourceMappingURL=clock.js.map