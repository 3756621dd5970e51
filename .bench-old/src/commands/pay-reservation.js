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
import { FREE_OF_CHARGE } from '../domain/seat-inventory/commands.js';
import { PaymentOutcomeUnknown } from '../ports/payment-gateway.js';
import { derivedId } from './context.js';
import { CLOCK, INVENTORY_WRITERS, PAYMENT_GATEWAY, PAYMENTS, SETTLEMENT } from './tokens.js';
/** A buyer waits for the provider this long, then asks again later. Milliseconds. */ export const PATIENCE_MS = 2_000;
/** How often a payment that somebody else is about is looked at. Milliseconds. */ const LOOK_MS = 100;
/** Take the money for a held reservation and sell its seats. */ export class PayReservationCommand extends Command {
    eventId;
    reservationId;
    customerId;
    token;
    context;
    constructor(eventId, reservationId, customerId, /** From the payment provider's form. */ token, context){
        super(), this.eventId = eventId, this.reservationId = reservationId, this.customerId = customerId, this.token = token, this.context = context;
    }
}
export class PayReservationHandler {
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
        const { eventId, reservationId, customerId } = command;
        const deadline = this.clock.now() + PATIENCE_MS;
        const started = await this.inInventory(command, 'StartPayment');
        if (!started.accepted) return this.unlessPaidAlready(command, started.rejection, deadline);
        const reservation = started.reservation;
        const { revision } = started;
        if (reservation.status === 'confirmed') return {
            accepted: true,
            settled: true,
            reservation,
            revision
        };
        if (reservation.total.amountMinor === 0) return this.giveAway(command);
        const requested = await this.payments.write(reservationId, [
            {
                type: 'RequestPayment',
                ...{
                    reservationId,
                    eventId,
                    customerId,
                    provider: this.gateway.provider,
                    token: command.token
                },
                amount: reservation.total,
                purpose: {
                    type: 'reservation'
                },
                holdExpiresAt: new Date(reservation.expiresAt).toISOString(),
                keyOf: (attempt)=>derivedId('charge', reservationId, attempt),
                now: this.clock.now()
            }
        ], command.context);
        if (!requested.accepted) return requested;
        const payment = requested.payment;
        const attempt = requested.written ? pendingAttempt(payment) : undefined;
        if (attempt) return this.charge(command, payment, attempt, deadline);
        return this.await(command, deadline);
    }
    /** Calls the provider; what it says is settled also when nobody waits for it any more. */ async charge(command, payment, attempt, deadline) {
        const { idempotencyKey, token, amount, holdExpiresAt, number } = attempt;
        const { eventId, reservationId } = command;
        const about = {
            eventId,
            reservationId,
            attempt: number
        };
        const settling = this.gateway.charge({
            idempotencyKey,
            token,
            amount,
            about,
            holdExpiresAt
        }).then((charge)=>this.settle(command, payment, number, charge));
        const waited = new AbortController();
        const late = this.clock.sleep(deadline - this.clock.now(), waited.signal).then(()=>undefined);
        try {
            const settled = await Promise.race([
                settling,
                late
            ]);
            if (settled === undefined) return await this.await(command, deadline);
            if (!settled.accepted) return settled;
            const { inventory } = settled;
            if (inventory?.accepted && inventory.reservation?.status === 'confirmed') {
                const { reservation, revision } = inventory;
                return {
                    accepted: true,
                    settled: true,
                    reservation,
                    revision
                };
            }
        } catch (error) {
            // The money may have moved. The settlement process asks again: nothing is lost with this request.
            if (!(error instanceof PaymentOutcomeUnknown)) return {
                accepted: true,
                settled: false
            };
        } finally{
            waited.abort();
            settling.catch(()=>{});
        }
        return this.await(command, deadline);
    }
    settle({ context }, payment, attempt, charge) {
        return this.settlement.heard(payment, attempt, charge, {
            by: 'answer',
            noticeId: null
        }, context);
    }
    /** Looks at the payment until it is settled or the buyer has waited long enough. */ async await(command, deadline) {
        for(;;){
            const payment = await this.payments.load(command.reservationId);
            const failure = failureOf(payment);
            if (failure) return {
                accepted: false,
                rejection: failure
            };
            if (payment?.captures.some(({ kept })=>kept)) return this.sold(command);
            const left = deadline - this.clock.now();
            if (left <= 0) return {
                accepted: true,
                settled: false
            };
            await this.clock.sleep(Math.min(LOOK_MS, left));
        }
    }
    /** A sale that has been paid for, as the inventory has it. */ async sold(command) {
        const outcome = await this.inInventory(command, 'StartPayment');
        if (!outcome.accepted) return outcome;
        const { reservation, revision } = outcome;
        return {
            accepted: true,
            settled: true,
            reservation: reservation,
            revision
        };
    }
    /** The hold is over, but this buyer's money may be under way: then that is the answer. */ async unlessPaidAlready(command, rejection, deadline) {
        if (rejection.code !== 'reservation-expired') return {
            accepted: false,
            rejection
        };
        const payment = await this.payments.load(command.reservationId);
        if (!payment || payment.customerId !== command.customerId) return {
            accepted: false,
            rejection
        };
        const failure = failureOf(payment);
        if (failure?.code === 'payment-refunded') return {
            accepted: false,
            rejection: failure
        };
        if (!pendingAttempt(payment)) return {
            accepted: false,
            rejection
        };
        return this.await(command, deadline);
    }
    /** Nothing to pay: the provider is not asked. */ async giveAway(command) {
        const sold = await this.inInventory(command, 'SettlePayment');
        if (!sold.accepted) return sold;
        const { reservation, revision } = sold;
        return {
            accepted: true,
            settled: true,
            reservation: reservation,
            revision
        };
    }
    /** Each step is a command of its own, with an id of its own. */ inInventory({ eventId, reservationId, customerId, context }, type) {
        const named = {
            reservationId,
            customerId,
            now: this.clock.now()
        };
        return this.writers.execute(eventId, type === 'StartPayment' ? {
            type,
            ...named
        } : {
            type,
            ...named,
            paymentReference: FREE_OF_CHARGE
        }, {
            ...context,
            commandId: derivedId(context.commandId, type, String(named.now))
        });
    }
}
PayReservationHandler = _ts_decorate([
    CommandHandler(PayReservationCommand),
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
], PayReservationHandler);
/** Why a captured payment bought no seats. */ const CAME_TO_NOTHING = [
    'seats-lost',
    'released',
    'sale-cancelled'
];
/** What the last try came to, when it came to nothing. */ function failureOf(payment) {
    const last = payment?.attempts.at(-1);
    if (last?.status === 'captured') {
        const kept = payment.captures.some((capture)=>capture.kept && capture.dueBack === 0);
        const owed = payment.refunds.some(({ reason })=>CAME_TO_NOTHING.includes(reason));
        return !kept && owed ? {
            code: 'payment-refunded'
        } : undefined;
    }
    if (last?.status !== 'failed') return undefined;
    return {
        code: last.failure === 'token-unknown' ? 'payment-token-unknown' : 'payment-declined'
    };
}

//# sourceMappingURL=pay-reservation.js.map