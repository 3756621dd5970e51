import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { problemKind } from './problem-table.js';
import { PROBLEM_JSON, problemBody } from './problems.js';
/** The example says it all: its shape is the documented shape. */ export function schemaOf(example, hints = {}) {
    if (Array.isArray(example)) return {
        type: 'array',
        items: example.length > 0 ? schemaOf(example[0], hints) : {}
    };
    if (typeof example === 'object' && example !== null) {
        const { optional = [], nullable = [] } = hints;
        const members = Object.entries(example).map(([name, value])=>[
                name,
                {
                    ...schemaOf(value, hints),
                    ...nullable.includes(name) && {
                        nullable: true
                    }
                }
            ]);
        const required = members.map(([name])=>name).filter((name)=>!optional.includes(name));
        return {
            type: 'object',
            properties: Object.fromEntries(members),
            ...required.length > 0 && {
                required
            }
        };
    }
    if (typeof example === 'number') return {
        type: Number.isInteger(example) ? 'integer' : 'number'
    };
    return {
        type: typeof example
    };
}
/** Documents an answer by an example. */ export function Answers(status, description, example, { headers = {}, mediaType = 'application/json', ...hints } = {}) {
    return ApiResponse({
        status,
        description,
        headers: Object.fromEntries(Object.entries(headers).map(([name, text])=>[
                name,
                {
                    description: text,
                    schema: {
                        type: 'string'
                    }
                }
            ])),
        ...example !== undefined && {
            content: {
                [mediaType]: {
                    schema: schemaOf(example, hints),
                    example
                }
            }
        }
    });
}
/** Refusals that any route with a token, or with a body, may answer. */ const OF_ACCOUNT = [
    'token-missing',
    'token-invalid',
    'token-expired',
    'role-required'
];
const OF_BODY = [
    'validation-failed',
    'body-malformed',
    'body-too-large',
    'media-type-unsupported'
];
const OF_COMMAND = [
    'mailbox-full',
    'too-many-conflicts',
    'event-store-unavailable',
    'outcome-unknown'
];
export const REFUSALS = {
    ofAccount: OF_ACCOUNT,
    ofBody: OF_BODY,
    ofCommand: OF_COMMAND
};
/** What a refusal's further members look like. */ const MEMBERS = {
    errors: [
        {
            path: '/name',
            message: 'must be a text of 1 to 200 characters in one line'
        }
    ],
    requiredRoles: [
        'customer'
    ],
    limitBytes: 65536,
    seatIds: [
        'A-1-1'
    ],
    unavailableSeatIds: [
        'A-1-1'
    ],
    strandedSeatIds: [
        'A-1-3'
    ],
    limit: 10,
    expected: {
        amountMinor: 9000,
        currency: 'EUR'
    },
    told: {
        amountMinor: 1,
        currency: 'EUR'
    },
    difference: {
        amountMinor: 1500,
        currency: 'EUR'
    },
    alreadyYours: 8,
    redeemedAt: '2026-06-11T18:12:07.044Z',
    onSaleAt: '2026-01-15T10:00:00.000Z',
    category: 'Balcony',
    categories: [
        'Balcony'
    ],
    currencies: [
        'EUR',
        'MXN'
    ],
    problems: [
        {
            code: 'seat-guid-repeated',
            path: '/zones/0/rows/0/seats/1/seat_guid',
            detail: 'Name each seat once.'
        }
    ],
    requestId: '0f9b6a52-1c1d-4b8e-9a57-6c2d3e4f5a66',
    checks: {
        postgres: 'ok',
        eventStore: 'failed'
    }
};
export function problemExample(code) {
    const members = (problemKind(code).carries ?? []).map((name)=>[
            name,
            MEMBERS[name]
        ]);
    return problemBody(code, '/v1/events', Object.fromEntries(members));
}
/** Documents the refusals of a route: one answer per status, one example per code. */ export function Refuses(...codes) {
    const byStatus = new Map();
    for (const code of new Set(codes)){
        const { status } = problemKind(code);
        byStatus.set(status, [
            ...byStatus.get(status) ?? [],
            code
        ]);
    }
    return applyDecorators(...Array.from(byStatus, ([status, ofStatus])=>ApiResponse({
            status,
            description: ofStatus.map((code)=>`\`${code}\``).join(', '),
            content: {
                [PROBLEM_JSON]: {
                    schema: {
                        $ref: '#/components/schemas/Problem'
                    },
                    examples: Object.fromEntries(ofStatus.map((code)=>[
                            code,
                            {
                                value: problemExample(code)
                            }
                        ]))
                }
            }
        })));
}

//# sourceMappingURL=answers.js.map