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
import { Inject } from '@nestjs/common';
import { Command, CommandHandler } from '@nestjs/cqrs';
import { pendingAttempt } from '../domain/payment/state.js';
import { PAYMENT_EXTENSION_SECONDS } from '../domain/seat-inventory/commands.js';
import { derivedId } from './context.js';
import { payBackInTime, refundOfExchange } from './refund-progress.js';
import { CLOCK, INVENTORY_WRITERS, PAYMENT_GATEWAY, PAYMENTS, SETTLEMENT } from './tokens.js';
/** The provider is waited for this long. Milliseconds. */ const PATIENCE_MS = 2_000;
/** How often a payment that somebody else is about is looked at. Milliseconds. */ const LOOK_MS = 100;
/** The organiser gives a buyer other seats. */ export class ExchangeSeatsCommand extends Command {
    eventId;
    reservationId;
    seatIds;
    token;
    context;
    constructor(eventId, reservationId, /** All that the reservation is to consist of. */ seatIds, /** From the payment provider's form, for seats that cost more. */ token, context){
        super(), this.eventId = eventId, this.reservationId = reservationId, this.seatIds = seatIds, this.token = token, this.context = context;
    }
}
export class ExchangeSeatsHandler {
    writers;
    payments;
    settlement;
    gateway;
    clock;
    constructor(writers, payments, settlement, gateway, clock){
        this.writers = writers;
        this.payments = payments;
        this.settlement = settlement;
        this.gateway = gateway;
        this.clock = clock;
    }
    async execute(command) {
        const deadline = this.clock.now() + PATIENCE_MS;
        const exchanged = await this.exchange(command);
        if (exchanged.accepted) return this.done(command, exchanged);
        const { rejection } = exchanged;
        if (rejection.code !== 'payment-required' || command.token === undefined) return exchanged;
        return this.pay(command, command.token, rejection.difference, deadline);
    }
    /** Without a payment: seats that cost no more, or that the reservation has already. */ exchange({ eventId, reservationId, seatIds, context }) {
        const now = this.clock.now();
        return this.writers.execute(eventId, {
            type: 'ExchangeSeats',
            reservationId,
            customerId: null,
            seatIds,
            now
        }, {
            ...context,
            commandId: derivedId(context.commandId, 'exchange', String(now))
        });
    }
    async done({ reservationId, context }, outcome) {
        const { revision } = outcome;
        const reservation = outcome.reservation;
        const isOwed = (reservation.exchanges?.at(-1)?.dueBackMinor ?? 0) > 0;
        const { payments, settlement, clock } = this;
        const paidBack = ()=>payBackInTime({
                payments,
                settlement,
                clock
            }, reservationId, context);
        const payment = isOwed ? await paidBack() : undefined;
        const refund = refundOfExchange(reservation, payment);
        return {
            accepted: true,
            settled: true,
            reservation,
            revision,
            refund
        };
    }
    async pay(command, token, difference, deadline) {
        const { eventId, reservationId, seatIds, context } = command;
        const sale = await this.asItStands(command);
        if (!sale.accepted) return sale;
        const { customerId } = sale.reservation;
        const now = this.clock.now();
        const requested = await this.payments.write(reservationId, [
            {
                type: 'RequestPayment',
                ...{
                    reservationId,
                    eventId,
                    customerId,
                    provider: this.gateway.provider,
                    token
                },
                amount: difference,
                purpose: {
                    type: 'exchange',
                    seatIds
                },
                holdExpiresAt: new Date(now + PAYMENT_EXTENSION_SECONDS * 1_000).toISOString(),
                keyOf: (attempt)=>derivedId('charge', reservationId, attempt),
                now
            }
        ], context);
        if (!requested.accepted) return requested;
        const payment = requested.payment;
        const attempt = pendingAttempt(payment);
        if (requested.written) await this.charge(command, payment, attempt, deadline);
        return this.await(command, attempt.number, deadline);
    }
    /** The sale, or that it has been undone since: starting to pay for what is paid for changes nothing. */ asItStands({ eventId, reservationId, context }) {
        const now = this.clock.now();
        return this.writers.execute(eventId, {
            type: 'StartPayment',
            reservationId,
            customerId: null,
            now
        }, {
            ...context,
            commandId: derivedId(context.commandId, 'stands', String(now))
        });
    }
    /** Calls the provider and waits for it until the deadline; what it says is settled also when nobody waits any more. */ async charge({ context }, payment, { number, idempotencyKey, token, amount, holdExpiresAt }, deadline) {
        const { eventId, reservationId } = payment;
        const about = {
            eventId,
            reservationId,
            attempt: number
        };
        const heardBy = {
            by: 'answer',
            noticeId: null
        };
        const settling = this.gateway.charge({
            idempotencyKey,
            token,
            amount,
            about,
            holdExpiresAt
        }).then((charge)=>this.settlement.heard(payment, number, charge, heardBy, context))// The money may have moved: the settlement process asks again, nothing is lost with this request.
        .catch(()=>{});
        const waited = new AbortController();
        await Promise.race([
            settling,
            this.clock.sleep(deadline - this.clock.now(), waited.signal)
        ]);
        waited.abort();
    }
    /** Looks at the payment until it is settled or the deadline has come. */ async await(command, number, deadline) {
        for(;;){
            const payment = await this.payments.load(command.reservationId);
            const attempt = payment.attempts.find((one)=>one.number === number);
            if (attempt.status === 'failed') {
                const code = attempt.failure === 'token-unknown' ? 'payment-token-unknown' : 'payment-declined';
                return {
                    accepted: false,
                    rejection: {
                        code
                    }
                };
            }
            const capture = payment.captures.find((one)=>one.attempt === number);
            if (capture?.kept) {
                const sale = await this.asItStands(command);
                return sale.accepted ? this.done(command, sale) : sale;
            }
            if (capture && capture.dueBack > 0) {
                return {
                    accepted: false,
                    rejection: {
                        code: 'exchange-refused'
                    }
                };
            }
            const left = deadline - this.clock.now();
            if (left <= 0) return {
                accepted: true,
                settled: false
            };
            await this.clock.sleep(Math.min(LOOK_MS, left));
        }
    }
}
ExchangeSeatsHandler = _ts_decorate([
    CommandHandler(ExchangeSeatsCommand),
    _ts_param(0, Inject(INVENTORY_WRITERS)),
    _ts_param(1, Inject(PAYMENTS)),
    _ts_param(2, Inject(SETTLEMENT)),
    _ts_param(3, Inject(PAYMENT_GATEWAY)),
    _ts_param(4, Inject(CLOCK)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof InventoryWriters === "undefined" ? Object : InventoryWriters,
        typeof Payments === "undefined" ? Object : Payments,
        typeof Settlement === "undefined" ? Object : Settlement,
        typeof PaymentGateway === "undefined" ? Object : PaymentGateway,
        typeof Clock === "undefined" ? Object : Clock
    ])
], ExchangeSeatsHandler);

//# sourceMappingURL=exchange-seats.js.map