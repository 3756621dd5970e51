import { Pool } from 'undici';
/** Sockets open at once; a buyer without one waits for the next. */ const CONNECTIONS = 512;
export function openShop(url) {
    const pool = new Pool(url, {
        connections: CONNECTIONS,
        pipelining: 1
    });
    const latencies = new Map();
    const record = (kind, ms)=>{
        const known = latencies.get(kind);
        if (known) known.push(ms);
        else latencies.set(kind, [
            ms
        ]);
    };
    return {
        call: async (method, path, buyer, body)=>{
            const headers = {};
            if (buyer) headers.authorization = `Bearer ${buyer.token}`;
            if (buyer?.idempotencyKey) headers['idempotency-key'] = buyer.idempotencyKey;
            if (body) headers['content-type'] = 'application/json';
            const started = performance.now();
            const answer = await pool.request({
                method,
                path,
                headers,
                body: body ? JSON.stringify(body) : undefined
            });
            const text = await answer.body.text();
            record(kindOf(method, path), performance.now() - started);
            return {
                status: answer.statusCode,
                body: text ? JSON.parse(text) : {}
            };
        },
        latencies,
        close: ()=>pool.close()
    };
}
function kindOf(method, path) {
    const last = path.split('/').at(-1);
    if (path.endsWith('/reservations')) return 'reserve';
    if (last === 'confirm') return 'confirm';
    if (method === 'DELETE') return 'release';
    return last === 'tokens' ? 'sign in' : last;
}

//# sourceMappingURL=shop.js.map