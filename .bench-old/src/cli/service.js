import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { operatorConfig } from '../config-operator.js';
import { Refused, Unavailable } from './exit-codes.js';
export function serviceOptions(yargs) {
    return yargs.options({
        url: {
            type: 'string',
            requiresArg: true,
            describe: 'The service; else BOXOFFICE_URL'
        },
        token: {
            ...{
                type: 'string',
                requiresArg: true
            },
            describe: 'Of your account; else BOXOFFICE_TOKEN, which no list of processes shows'
        }
    });
}
/** Requests under way at once, unless told. */ const CONNECTIONS = 8;
const TRIES = 6;
/** Between tries: doubled each time, or what `Retry-After` says, within a bound. Milliseconds. */ const PAUSE_MS = {
    first: 250,
    longest: 15_000
};
/** For an answer to begin. Milliseconds. */ const ANSWER_MS = 30_000;
/** @throws ConfigError */ export function openService(args, { connections = CONNECTIONS } = {}) {
    const { url, token } = operatorConfig(args);
    const pool = new Pool(new URL(url).origin, {
        connections,
        headersTimeout: ANSWER_MS,
        bodyTimeout: ANSWER_MS
    });
    const base = new URL(url).pathname.replace(/\/$/, '');
    const once = async (method, path, body)=>{
        const { statusCode, headers, body: stream } = await pool.request({
            method,
            path: base + path,
            headers: {
                accept: 'application/json',
                ...token !== undefined && {
                    authorization: `Bearer ${token}`
                },
                ...body !== undefined && {
                    'content-type': 'application/json'
                }
            },
            ...body !== undefined && {
                body: JSON.stringify(body)
            }
        });
        const text = await stream.text();
        return {
            status: statusCode,
            headers,
            body: parse(text)
        };
    };
    const ask = async (method, path, body)=>{
        let problem = '';
        for(let attempt = 1; attempt <= TRIES; attempt++){
            let pause = Math.min(PAUSE_MS.first * 2 ** (attempt - 1), PAUSE_MS.longest);
            try {
                const reply = await once(method, path, body);
                if (reply.status !== 503 && reply.status !== 429) return reply;
                problem = describeProblem(reply);
                const told = Number(reply.headers['retry-after']) * 1_000;
                if (told > 0) pause = Math.min(told, PAUSE_MS.longest);
            } catch (error) {
                problem = error.message || String(error.code);
            }
            if (attempt < TRIES) await sleep(pause);
        }
        throw new Unavailable(`${url} cannot be asked: ${problem}`);
    };
    return {
        url,
        ask,
        demand: async (method, path, body)=>{
            const reply = await ask(method, path, body);
            if (reply.status >= 400) throw new Refused(describeProblem(reply));
            return reply.body;
        },
        close: ()=>pool.close()
    };
}
/** Not every answer on the way is ours: a proxy may say something else. */ function parse(text) {
    try {
        return text === '' ? undefined : JSON.parse(text);
    } catch  {
        return text;
    }
}
/** One line: what was refused, its code, and what is wrong with which field. */ export function describeProblem({ status, body }) {
    if (typeof body?.code !== 'string') return `answer ${status}`;
    const fields = Array.isArray(body.errors) ? body.errors : [];
    const named = fields.map(({ path, message })=>`${path} ${message}`).join('; ');
    return `${body.title} (${body.code})${named ? `: ${named}` : `. ${body.detail}`}`;
}

//# sourceMappingURL=service.js.map