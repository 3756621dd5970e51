export const DEFAULT_WAITS = {
    slowMs: 5_000,
    lostMs: 1_000,
    lateMs: 1_000,
    earlyMs: 2_000
};
const COURSES = {
    tok_success: course({}),
    tok_declined: course({
        outcome: 'declined',
        notices: [
            'charge.failed'
        ]
    }),
    tok_slow: course({
        settlesAt: (accepted, _, { slowMs })=>accepted + slowMs
    }),
    tok_silent: course({
        answer: 'never',
        notices: []
    }),
    tok_lost: course({
        notices: [],
        settlesAt: (accepted, _, { lostMs })=>accepted + lostMs
    }),
    tok_twice: course({
        notices: [
            'charge.captured',
            'charge.captured'
        ]
    }),
    tok_early: course({
        answer: 'after-notice'
    }),
    tok_late: course({
        settlesAt: (accepted, hold, { lateMs })=>Math.max(accepted, hold + lateMs)
    }),
    tok_unordered: course({
        notices: [
            'charge.captured',
            'charge.processing'
        ]
    })
};
function course(parts) {
    return {
        outcome: 'captured',
        answer: 'at-once',
        notices: [
            'charge.captured'
        ],
        settlesAt: (accepted)=>accepted,
        ...parts
    };
}
/** Every token that leads somewhere. */ export const SANDBOX_TOKENS = Object.keys(COURSES);
export const courseOf = (token)=>Object.hasOwn(COURSES, token) ? COURSES[token] : undefined;

//# sourceMappingURL=sandbox-tokens.js.map