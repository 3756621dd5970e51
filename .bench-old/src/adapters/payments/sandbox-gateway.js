import { Pool } from 'undici';
import { PaymentOutcomeUnknown, RefundRefused, NoticeRefused } from '../../ports/payment-gateway.js';
import { openSandboxProvider } from './sandbox-provider.js';
import { readCharge, readEntriesPage, readNoticeBody, readRefundId, SandboxRefusal } from './sandbox-wire.js';
import { verifyNotice } from './webhook-signature.js';
/** How long a call may take by default. Milliseconds. */ const TIMEOUT_MS = 10_000;
/** Charges under way at the same time; those of `tok_silent` keep theirs until the time is over. */ const CONNECTIONS = 128;
const ENTRIES_PER_PAGE = 1_000;
/** Of an answer of the sandbox; a page of entries is the longest. */ const MAX_ANSWER_BYTES = 1 << 20;
/**
 * The sandbox inside this process. Webhooks go over HTTP to `webhookUrl`, or wherever `tellTo` says.
 * @throws Error when the journal cannot be read, or another process writes it
 */ export async function openSandboxGateway(options) {
    const { webhookSecrets, timeoutMs = TIMEOUT_MS, clock } = options;
    const provider = await openSandboxProvider({
        ...options,
        webhookSecret: signingSecret(webhookSecrets)
    });
    const closing = new AbortController();
    const calls = {
        async charge (request) {
            const { charge, when } = provider.charge(request);
            if (when === 'never') {
                await clock.sleep(timeoutMs, closing.signal);
                throw new Error(`no answer within ${timeoutMs} ms`);
            }
            if (when !== 'at-once') await when;
            return charge;
        },
        find: async (key)=>provider.find(key),
        refund: async (request)=>provider.refund(request),
        entries: async (after)=>provider.entries(after, ENTRIES_PER_PAGE),
        async close () {
            closing.abort();
            await provider.close();
        }
    };
    return {
        ...gatewayOver(calls, webhookSecrets),
        tellTo: provider.tellTo
    };
}
/** A sandbox that runs as a process of its own, for one node of the shop or several. */ export function openRemoteSandboxGateway(options) {
    const { apiKey, webhookSecrets, timeoutMs = TIMEOUT_MS, connections = CONNECTIONS } = options;
    signingSecret(webhookSecrets);
    const pool = new Pool(options.url, {
        connections,
        maxResponseSize: MAX_ANSWER_BYTES
    });
    const call = async (method, path, key, body)=>{
        const answer = await pool.request({
            method,
            path,
            headers: {
                authorization: `Bearer ${apiKey}`,
                ...key !== undefined && {
                    'idempotency-key': key
                },
                ...body && {
                    'content-type': 'application/json'
                }
            },
            body: body && JSON.stringify(body),
            signal: AbortSignal.timeout(timeoutMs)
        });
        const value = await answer.body.json();
        if (answer.statusCode < 300) return value;
        const { code, detail } = value;
        throw new SandboxRefusal(code, detail);
    };
    const calls = {
        charge: async ({ idempotencyKey, ...body })=>readCharge(await call('POST', '/v1/charges', idempotencyKey, body)),
        find: async (key)=>{
            try {
                return readCharge(await call('GET', `/v1/charges?key=${encodeURIComponent(key)}`));
            } catch (error) {
                if (isRefusal(error, 'charge-not-found')) return undefined;
                throw error;
            }
        },
        refund: async ({ idempotencyKey, ...body })=>readRefundId(await call('POST', '/v1/refunds', idempotencyKey, body)),
        entries: async (after)=>readEntriesPage(await call('GET', `/v1/entries?after=${after}&limit=${ENTRIES_PER_PAGE}`)),
        close: ()=>pool.destroy()
    };
    return gatewayOver(calls, webhookSecrets);
}
function gatewayOver(calls, webhookSecrets) {
    const find = (key)=>calls.find(key).catch(asUnknown('does not say where a charge stands'));
    return {
        provider: 'sandbox',
        async charge (request) {
            try {
                return await calls.charge(request);
            } catch (error) {
                // The first thing sent with a key is what counts.
                const standing = isRefusal(error, 'idempotency-key-reused') && await find(request.idempotencyKey);
                return standing || asUnknown('does not answer a charge')(error);
            }
        },
        find,
        async refund (request) {
            try {
                return await calls.refund(request);
            } catch (error) {
                if (error instanceof SandboxRefusal && FINAL_REFUSALS.has(error.code)) throw new RefundRefused(error.message, {
                    cause: error
                });
                return asUnknown('does not answer a refund')(error);
            }
        },
        readNotice: (body, headers, now)=>{
            verifyNotice(body, headers, webhookSecrets, now);
            try {
                return readNoticeBody(body);
            } catch (error) {
                throw new NoticeRefused('webhook-body-invalid', error.message);
            }
        },
        async *entries () {
            for(let after = 0; after !== null;){
                const page = await calls.entries(after).catch(asUnknown('does not show its books'));
                yield* page.entries;
                after = page.next;
            }
        },
        close: ()=>calls.close()
    };
}
/** A refund that meets one of these will meet it again. */ const FINAL_REFUSALS = new Set([
    'body-invalid',
    'idempotency-key-invalid',
    'idempotency-key-reused',
    'capture-not-found',
    'refund-currency-differs',
    'refund-exceeds-capture'
]);
const isRefusal = (error, code)=>error instanceof SandboxRefusal && error.code === code;
const asUnknown = (what)=>(error)=>{
        const { message } = error;
        throw new PaymentOutcomeUnknown(`The sandbox ${what}: ${message}`, {
            cause: error
        });
    };
function signingSecret(secrets) {
    const [first] = secrets;
    if (first === undefined || secrets.some((secret)=>secret === '')) throw new Error('The sandbox needs a secret for its webhooks.');
    return first;
}

//# sourceMappingURL=sandbox-gateway.js.map