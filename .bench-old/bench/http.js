import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { SignJWT } from 'jose';
/** Starts a module of this folder's build, which tells its URL over IPC. */ export async function serve(module, env = {}) {
    const child = fork(fileURLToPath(new URL(module, import.meta.url)), {
        env: {
            ...process.env,
            ...env
        },
        execArgv: [
            '--max-semi-space-size=64'
        ]
    });
    const url = await new Promise((resolve, refuse)=>{
        child.once('message', (message)=>resolve(message.url));
        child.once('exit', (code)=>refuse(new Error(`${module} ended with ${code} before it served.`)));
    });
    const stop = async ()=>{
        const ended = new Promise((resolve)=>child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
    };
    return {
        url,
        stop
    };
}
/** Customers at work; each may hold and own 100 seats of the benched event. */ const CUSTOMERS = 2_400;
export async function customerTokens(secret) {
    const key = new TextEncoder().encode(secret);
    const mint = (sub)=>new SignJWT({
            roles: [
                'customer'
            ]
        }).setProtectedHeader({
            alg: 'HS256'
        }).setSubject(sub).setExpirationTime('2h').sign(key);
    return Promise.all(Array.from({
        length: CUSTOMERS
    }, (_, at)=>mint(`customer-${at}`)));
}
export function reserveRequest(pairs) {
    return {
        method: 'POST',
        path: reservationsPath(pairs),
        setupRequest: (request)=>nextReserve(pairs, request)
    };
}
/** The same requests to a route that sells nothing, so that the same seats may be asked for again. */ export function yardstickRequest(pairs, path) {
    const asked = {
        ...pairs
    };
    return {
        method: 'POST',
        path,
        setupRequest: (request)=>{
            if (asked.next * 2 + 1 >= asked.seatIds.length) asked.next = 0;
            return nextReserve(asked, request);
        }
    };
}
const reservationsPath = ({ eventId })=>`/v1/events/${eventId}/reservations`;
function nextReserve(pairs, request) {
    const pair = pairs.next++;
    const seatIds = [
        pairs.seatIds[pair * 2],
        pairs.seatIds[pair * 2 + 1]
    ];
    if (seatIds[1] === undefined) throw new Error('The hall is too small for this run.');
    const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${pairs.tokens[pair % pairs.tokens.length]}`,
        'idempotency-key': `bench-${pair}`
    };
    return {
        ...request,
        headers,
        body: JSON.stringify({
            seatIds
        })
    };
}
/** Reserve, then confirm what was reserved: the whole sale over the wire. */ export function saleRequests(pairs) {
    return [
        {
            method: 'POST',
            path: reservationsPath(pairs),
            setupRequest: (request, context)=>{
                const authorization = `Bearer ${pairs.tokens[pairs.next % pairs.tokens.length]}`;
                Object.assign(context, {
                    authorization
                });
                return nextReserve(pairs, request);
            },
            onResponse: (_status, body, context)=>{
                const { reservationId } = JSON.parse(body);
                Object.assign(context, {
                    reservationId
                });
            }
        },
        {
            method: 'POST',
            body: JSON.stringify({
                payment: {
                    token: 'tok_success'
                }
            }),
            setupRequest: (request, context)=>{
                const { authorization, reservationId } = context;
                const path = `${reservationsPath(pairs)}/${reservationId}/confirm`;
                return {
                    ...request,
                    path,
                    headers: {
                        'content-type': 'application/json',
                        authorization
                    }
                };
            }
        }
    ];
}
export async function load(url, requests, connections, seconds) {
    const result = await autocannon({
        url,
        connections,
        duration: seconds,
        requests,
        timeout: 30
    });
    return {
        connections,
        requestsPerSecond: result.requests.total / result.duration,
        p50: result.latency.p50,
        p99: result.latency.p99,
        errors: result.errors + result.timeouts,
        not2xx: result.non2xx
    };
}

//# sourceMappingURL=http.js.map