import { MAX_PROBLEMS } from './limits.js';
export function report(problems, code, path, detail) {
    if (!isFull(problems)) problems.push({
        code,
        path,
        detail
    });
    return undefined;
}
/** Nothing more would be reported, so reading on is a waste. */ export function isFull(problems) {
    return problems.length >= MAX_PROBLEMS;
}

//# sourceMappingURL=problems.js.map