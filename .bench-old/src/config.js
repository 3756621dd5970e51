import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { DEFAULTS, misspelt, Refusal, SECRET_LENGTH, SETTINGS } from './config-settings.js';
/** Names every variable that cannot be used, what is wrong with it and what is expected. Holds no secret. */ export class ConfigError extends Error {
    problems;
    name = 'ConfigError';
    constructor(problems){
        super([
            'The configuration cannot be used:',
            ...problems.map((problem)=>`  - ${problem}`)
        ].join('\n')), this.problems = problems;
    }
}
/** @throws ConfigError */ export const configFromEnvironment = ()=>readConfig(process.env);
/** @throws ConfigError naming all that is wrong at once */ export function readConfig(env) {
    const problems = [];
    const value = (name)=>{
        const text = env[name]?.trim();
        if (!text) return undefined;
        const { parse, expects, secret: hidden } = SETTINGS.find((setting)=>setting.name === name);
        const parsed = parse(text);
        if (!(parsed instanceof Refusal)) return parsed;
        problems.push(`${name}${hidden ? '' : ` (${quoted(text)})`} ${parsed.reason}; expected ${expects}.`);
        return undefined;
    };
    const environment = value('NODE_ENV') ?? DEFAULTS.NODE_ENV;
    const isProduction = env.NODE_ENV?.trim() === 'production';
    const isSet = (name)=>Boolean(env[name]?.trim());
    const unlessReal = (names)=>!isProduction && !names.some(isSet);
    const open = {
        environment,
        host: value('HOST') ?? DEFAULTS.HOST,
        port: value('PORT') ?? DEFAULTS.PORT,
        dataDir: resolve(value('DATA_DIR') ?? DEFAULTS.DATA_DIR),
        databasePoolSize: value('DATABASE_POOL_SIZE') ?? DEFAULTS.DATABASE_POOL_SIZE,
        jwtJwksUrl: value('JWT_JWKS_URL'),
        jwtIssuer: value('JWT_ISSUER'),
        jwtAudience: value('JWT_AUDIENCE'),
        devTokens: value('DEV_TOKENS') ?? unlessReal(REAL_ACCOUNTS),
        samples: value('SAMPLES') ?? unlessReal(REAL),
        logLevel: value('LOG_LEVEL') ?? DEFAULTS.LOG_LEVEL,
        writerMaxMailbox: value('WRITER_MAX_MAILBOX') ?? DEFAULTS.WRITER_MAX_MAILBOX,
        writerMaxBatch: value('WRITER_MAX_BATCH') ?? DEFAULTS.WRITER_MAX_BATCH,
        sseMaxClients: value('SSE_MAX_CLIENTS') ?? DEFAULTS.SSE_MAX_CLIENTS,
        payments: value('PAYMENTS') ?? DEFAULTS.PAYMENTS,
        paymentsSandboxUrl: value('PAYMENTS_SANDBOX_URL'),
        mail: value('MAIL') ?? true,
        mailPerMinute: value('MAIL_PER_MINUTE') ?? DEFAULTS.MAIL_PER_MINUTE,
        mailFrom: value('MAIL_FROM') ?? DEFAULTS.MAIL_FROM,
        shutdownSeconds: value('SHUTDOWN_SECONDS') ?? DEFAULTS.SHUTDOWN_SECONDS,
        warnings: Object.freeze(misspelt(Object.keys(env)))
    };
    const secrets = {
        databaseUrl: value('DATABASE_URL'),
        eventStoreUrl: value('EVENTSTORE_URL'),
        jwtSecret: value('JWT_SECRET'),
        paymentsStripeSecretKey: value('PAYMENTS_STRIPE_SECRET_KEY'),
        paymentsStripeWebhookSecrets: value('PAYMENTS_STRIPE_WEBHOOK_SECRETS'),
        paymentsSandboxSecret: value('PAYMENTS_SANDBOX_SECRET'),
        paymentsSandboxApiKey: value('PAYMENTS_SANDBOX_API_KEY'),
        ticketSigningKeys: value('TICKET_SIGNING_KEYS'),
        smtpUrl: value('SMTP_URL')
    };
    problems.push(...contradictions(isSet, open.payments));
    if (isProduction) problems.push(...unfitForProduction(env, isSet, open.devTokens));
    if (problems.length > 0) throw new ConfigError(problems);
    return conceal(open, secrets);
}
/** With one of these set the sales are somebody's: no samples among them unless asked for. */ const REAL = [
    'DATABASE_URL',
    'EVENTSTORE_URL',
    'JWT_SECRET',
    'JWT_JWKS_URL'
];
/** With one of these set the accounts are somebody's: no dev tokens unless asked for. */ const REAL_ACCOUNTS = [
    'DATABASE_URL',
    'JWT_JWKS_URL'
];
const OF_REMOTE_SANDBOX = [
    'PAYMENTS_SANDBOX_API_KEY',
    'PAYMENTS_SANDBOX_SECRET'
];
const OF_STRIPE = [
    'PAYMENTS_STRIPE_SECRET_KEY',
    'PAYMENTS_STRIPE_WEBHOOK_SECRETS'
];
function contradictions(isSet, payments) {
    const problems = [];
    if (isSet('JWT_SECRET') && isSet('JWT_JWKS_URL')) {
        problems.push('JWT_SECRET and JWT_JWKS_URL are both set; expected one, by which tokens are verified.');
    }
    if (isSet('SMTP_URL') && !isSet('MAIL_FROM')) {
        problems.push('MAIL_FROM is not set; expected with SMTP_URL.');
    }
    if (payments === 'stripe') {
        const missing = OF_STRIPE.filter((name)=>!isSet(name));
        problems.push(...missing.map((name)=>`${name} is not set; expected with PAYMENTS=stripe.`));
    }
    if (payments === 'sandbox' && isSet('PAYMENTS_SANDBOX_URL')) {
        const missing = OF_REMOTE_SANDBOX.filter((name)=>!isSet(name));
        problems.push(...missing.map((name)=>`${name} is not set; expected with PAYMENTS_SANDBOX_URL.`));
    }
    return problems;
}
function unfitForProduction(env, isSet, devTokens) {
    const problems = [];
    if (devTokens) {
        problems.push('DEV_TOKENS ("on") would hand a token of any role to anyone who asks; expected off in production.');
    }
    if (!isSet('JWT_SECRET') && !isSet('JWT_JWKS_URL')) {
        problems.push('JWT_SECRET is not set; expected JWT_SECRET or JWT_JWKS_URL in production.');
    }
    if (env.JWT_JWKS_URL?.trim().startsWith('http:')) {
        problems.push('JWT_JWKS_URL is not encrypted, so anyone on the way could supply keys; expected https:// in production.');
    }
    if (isSet('JWT_JWKS_URL') && !isSet('JWT_AUDIENCE')) {
        problems.push('JWT_AUDIENCE is not set, so a token made for any other application would do; expected with JWT_JWKS_URL in production.');
    }
    if (!isSet('TICKET_SIGNING_KEYS')) {
        problems.push('TICKET_SIGNING_KEYS is not set; expected in production, the same for every node, or tickets of one are refused by another.');
    }
    if (!isSet('PAYMENTS')) {
        problems.push('PAYMENTS is not set; expected stripe in production, or sandbox to give seats away without taking money.');
    }
    return problems;
}
function conceal(open, secrets) {
    const shown = ()=>({
            ...open,
            ...Object.fromEntries(Object.entries(secrets).map(([name, value])=>[
                    name,
                    value === undefined ? '(unset)' : '(set)'
                ]))
        });
    const hidden = {
        ...secrets,
        toJSON: shown,
        [inspect.custom]: shown
    };
    for (const key of Reflect.ownKeys(hidden)){
        Object.defineProperty(open, key, {
            value: hidden[key],
            enumerable: false
        });
    }
    return Object.freeze(open);
}
const SECRET_FILE = 'jwt-secret';
const SECRET_BYTES = 48;
/**
 * The key for tokens: JWT_SECRET, else one made at the first start and kept in the data directory (mode 0600), so that
 * tokens outlive a restart. `undefined` when tokens are verified by JWT_JWKS_URL alone.
 * @throws Error when the file cannot be read or made
 */ export function tokenSecret(config) {
    if (config.jwtSecret !== undefined || config.jwtJwksUrl !== undefined) return config.jwtSecret;
    mkdirSync(config.dataDir, {
        recursive: true
    });
    const path = join(config.dataDir, SECRET_FILE);
    const candidate = `${path}.${process.pid}`;
    writeFileSync(candidate, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, {
        mode: 0o600
    });
    try {
        // A link is made whole or not at all, and never over what another process has made meanwhile.
        linkSync(candidate, path);
    } catch (error) {
        if (error.code !== 'EEXIST') throw error;
    } finally{
        rmSync(candidate);
    }
    const kept = readFileSync(path, 'utf8').trim();
    if (kept.length < SECRET_LENGTH.min) throw new Error(`${path} holds no usable key: remove it, and tokens given out so far.`);
    return kept;
}
/** What `--help` prints about the environment. */ export function describeSettings() {
    return SETTINGS.map(({ name, expects, unset, purpose })=>`${name}\n    ${purpose}\n    Expects ${expects}. Unset: ${unset}.`).join('\n');
}
/** Characters of a refused value that are shown. */ const QUOTE_LENGTH = 60;
const quoted = (text)=>JSON.stringify(text.length > QUOTE_LENGTH ? `${text.slice(0, QUOTE_LENGTH)}…` : text);

//# sourceMappingURL=config.js.map