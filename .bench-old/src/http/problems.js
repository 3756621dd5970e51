import { problemKind } from './problem-table.js';
export const PROBLEM_JSON = 'application/problem+json';
/** A refusal on its way to the exception filter. */ export class Problem extends Error {
    code;
    members;
    name = 'Problem';
    constructor(code, members = {}, options){
        super(problemKind(code).title, options), this.code = code, this.members = members;
    }
}
/** @throws Problem for a command that was refused */ export function accepted(outcome) {
    if (outcome.accepted) return outcome;
    const { code, ...members } = outcome.rejection;
    throw new Problem(code, members);
}
/** The body of a refusal. `instance` is the path that was asked for, without its query. */ export function problemBody(code, instance, members = {}) {
    const { status, title, detail } = problemKind(code);
    return {
        type: `/problems#${code}`,
        title,
        status,
        code,
        detail,
        instance,
        ...members
    };
}
/** Headers of a refusal, its media type included. */ export function problemHeaders(code) {
    const { status, retryAfter } = problemKind(code);
    return {
        'content-type': PROBLEM_JSON,
        'cache-control': 'no-store',
        ...retryAfter !== undefined && {
            'retry-after': String(retryAfter)
        },
        ...status === 401 && {
            'www-authenticate': challengeOf(code)
        }
    };
}
/** RFC 6750: a request without a token gets no error code. */ function challengeOf(code) {
    return code === 'token-missing' ? 'Bearer' : `Bearer error="invalid_token"`;
}

//# sourceMappingURL=problems.js.map