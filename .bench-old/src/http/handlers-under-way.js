/** To be called before the routes are registered. */ export function watchHandlers(fastify) {
    const underWay = new Set();
    let onLast = ()=>{};
    const over = (reply)=>{
        if (underWay.delete(reply) && underWay.size === 0) onLast();
    };
    fastify.addHook('onRequest', (_request, reply, done)=>{
        underWay.add(reply);
        done();
    });
    // The handler, or whatever refused the request, has its answer; to whom it goes does not matter.
    fastify.addHook('onSend', (_request, reply, payload, done)=>{
        over(reply);
        done(null, payload);
    });
    // Never sent: a live feed that has ended, and a request that was cut before its handler had all of it.
    fastify.addHook('onResponse', (request, reply, done)=>{
        if (reply.sent || !request.raw.complete) over(reply);
        done();
    });
    return {
        ended: (timeoutMs)=>new Promise((resolve)=>{
                if (underWay.size === 0) return resolve();
                const late = setTimeout(resolve, timeoutMs);
                onLast = ()=>{
                    clearTimeout(late);
                    resolve();
                };
            })
    };
}

//# sourceMappingURL=handlers-under-way.js.map