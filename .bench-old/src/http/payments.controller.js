function _ts_decorate(decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") {
        r = Reflect.decorate(decorators, target, key, desc);
    } else {
        for(var i = decorators.length - 1; i >= 0; i--){
            if (d = decorators[i]) {
                r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
            }
        }
    }
    return c > 3 && r && Object.defineProperty(target, key, r), r;
}
function _ts_metadata(metadataKey, metadataValue) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") {
        return Reflect.metadata(metadataKey, metadataValue);
    }
}
function _ts_param(paramIndex, decorator) {
    return function(target, key) {
        decorator(target, key, paramIndex);
    };
}
import { Controller, Get, HttpCode, Inject, Logger, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { AdvancePaymentCommand } from '../commands/advance-payment.js';
import { RecordPaymentNoticeCommand } from '../commands/record-payment-notice.js';
import { CLOCK, PAYMENT_GATEWAY, RANDOMNESS } from '../commands/tokens.js';
import { isSettled } from '../domain/payment/state.js';
import { NoticeRefused } from '../ports/payment-gateway.js';
import { Access, SignedBody } from './access.js';
import { Answers, REFUSALS, Refuses } from './answers.js';
import { contextOf } from './command-context.js';
import { examples } from './examples.js';
import { Problem } from './problems.js';
import { isId } from './rules.js';
import { PAYMENT_QUERIES } from './tokens.js';
/** A payment with something left to do and no news for this long is one for a person. Milliseconds. */ export const UNRESOLVED_AFTER_MS = 15 * 60_000;
/** Of one answer. */ const MAX_LISTED = 200;
const OPERATING = [
    'operator'
];
const LOOKING = [
    'operator',
    'auditor'
];
export class PaymentsController {
    commands;
    gateway;
    payments;
    clock;
    randomness;
    logger = new Logger('Payments');
    constructor(commands, gateway, payments, clock, randomness){
        this.commands = commands;
        this.gateway = gateway;
        this.payments = payments;
        this.clock = clock;
        this.randomness = randomness;
    }
    async notice(request, provider) {
        if (provider !== this.gateway.provider) throw new Problem('payment-provider-unknown');
        const notice = this.read(request);
        const outcome = await this.commands.execute(new RecordPaymentNoticeCommand(notice, this.contextOf(request, notice)));
        if (outcome.accepted) return {
            received: true
        };
        const { code, ...members } = outcome.rejection;
        this.logger.warn(`notice ${notice.noticeId} refused: ${code} ${JSON.stringify({
            ...notice,
            ...members
        })}`);
        throw new Problem(code, members);
    }
    /** @throws Problem of a webhook that nobody can trust */ read(request) {
        try {
            return this.gateway.readNotice(request.rawBody ?? Buffer.alloc(0), request.headers, this.clock.now());
        } catch (error) {
            if (!(error instanceof NoticeRefused)) throw error;
            this.logger.warn(`notice from ${request.ip} refused: ${error.code}: ${error.message}`);
            throw new Problem(error.code, {}, {
                cause: error
            });
        }
    }
    contextOf({ id }, { noticeId }) {
        return {
            commandId: this.randomness.uuid(),
            correlationId: id,
            causationId: noticeId,
            actor: {
                id: this.gateway.provider,
                role: 'system'
            }
        };
    }
    async unresolved() {
        const since = this.clock.now() - UNRESOLVED_AFTER_MS;
        return {
            payments: await this.payments.unresolved(since, MAX_LISTED)
        };
    }
    async settle(request, reservationId) {
        if (!isId(reservationId)) throw new Problem('payment-unknown');
        const context = contextOf(request, OPERATING, this.randomness);
        const payment = await this.commands.execute(new AdvancePaymentCommand(reservationId, this.clock.now(), context));
        if (!payment) throw new Problem('payment-unknown');
        return {
            reservationId,
            settled: isSettled(payment)
        };
    }
}
_ts_decorate([
    Post('payments/webhooks/:provider'),
    HttpCode(200),
    SignedBody(),
    ApiOperation({
        summary: 'For the payment provider: what became of a charge',
        description: 'Signed over the raw body. Safe twice, late and out of order.'
    }),
    ApiParam({
        name: 'provider'
    }),
    ApiBody({
        schema: {
            type: 'object'
        },
        description: 'As the provider documents it',
        examples: {
            sandbox: {
                value: examples.notice
            }
        }
    }),
    Answers(200, 'Taken in, or known already', examples.noticeTaken),
    Refuses('body-malformed', 'body-too-large', 'media-type-unsupported', 'webhook-signature-missing', 'webhook-signature-invalid', 'webhook-timestamp-out-of-tolerance', 'webhook-body-invalid', 'payment-provider-unknown', 'payment-unknown', 'payment-amount-mismatch', ...REFUSALS.ofCommand),
    _ts_param(0, Req()),
    _ts_param(1, Param('provider')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], PaymentsController.prototype, "notice", null);
_ts_decorate([
    Get('ops/payments/unresolved'),
    Access(LOOKING),
    ApiOperation({
        summary: 'Payments that a person should look at',
        description: 'Something is left to do for them, and nothing has moved for fifteen minutes.'
    }),
    Answers(200, 'Quiet for the longest first, at most 200', examples.openPayments, {
        nullable: [
            'failure'
        ]
    }),
    Refuses(...REFUSALS.ofAccount),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Promise)
], PaymentsController.prototype, "unresolved", null);
_ts_decorate([
    Post('ops/payments/:reservationId/settle'),
    HttpCode(200),
    Access(OPERATING),
    ApiOperation({
        summary: 'Ask the provider now, and do whatever is left to do for a payment'
    }),
    Answers(200, 'Done as far as it goes', examples.paymentAdvanced),
    Refuses(...REFUSALS.ofAccount, ...REFUSALS.ofCommand, 'payment-unknown', 'payment-outcome-unknown'),
    _ts_param(0, Req()),
    _ts_param(1, Param('reservationId')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest,
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], PaymentsController.prototype, "settle", null);
PaymentsController = _ts_decorate([
    ApiTags('payments'),
    Controller('v1'),
    _ts_param(1, Inject(PAYMENT_GATEWAY)),
    _ts_param(2, Inject(PAYMENT_QUERIES)),
    _ts_param(3, Inject(CLOCK)),
    _ts_param(4, Inject(RANDOMNESS)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof CommandBus === "undefined" ? Object : CommandBus,
        typeof PaymentGateway === "undefined" ? Object : PaymentGateway,
        typeof PaymentQueries === "undefined" ? Object : PaymentQueries,
        typeof Clock === "undefined" ? Object : Clock,
        typeof Randomness === "undefined" ? Object : Randomness
    ])
], PaymentsController);

//# sourceMappingURL=payments.controller.js.map