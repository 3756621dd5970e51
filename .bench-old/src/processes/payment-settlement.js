import { AdvancePaymentCommand } from '../commands/advance-payment.js';
import { contextOfProcess, startScanning, workThrough } from './scanning.js';
/** Payments looked at by one scan. */ const MAX_PER_SCAN = 2_000;
/** Payments worked on at once. */ const AT_ONCE = 8;
/** What has just moved is left to whoever moved it. Milliseconds. */ const GRACE_MS = 2_000;
/** A charge without an answer for this long is asked about. Milliseconds. */ export const INQUIRY_AFTER_MS = 5_000;
/** Between two attempts at the same payment, doubling up to the last. Milliseconds. */ const RETRY_MS = {
    first: 2_000,
    last: 300_000
};
/** Payments that a scan leaves out because they rest. */ const MAX_RESTING = 20_000;
/**
 * Brings every payment to its end that its own request did not: charges that the provider never answered, captures
 * whose process died, refunds that are owed. It keeps nothing that matters in memory; what is open is asked of the
 * read model at every scan, and doing a step twice does nothing.
 */ export function startPaymentSettlement(parts) {
    const { clock, randomness, log } = parts;
    /** Those that rest between two attempts: left out of a scan, or they would keep all others waiting. */ const waiting = new Map();
    const advance = async ({ reservationId })=>{
        const tries = (waiting.get(reservationId)?.tries ?? 0) + 1;
        // Also after success: the read model may show it as open for a moment longer.
        const pause = Math.min(RETRY_MS.first * 2 ** (tries - 1), RETRY_MS.last);
        waiting.set(reservationId, {
            tries,
            until: clock.now() + pause * (1 + randomness.fraction() / 2)
        });
        const silentSince = clock.now() - INQUIRY_AFTER_MS;
        const command = new AdvancePaymentCommand(reservationId, silentSince, contextOfProcess('payment-settlement', randomness));
        await parts.execute(command).catch((error)=>{
            log(`payment of ${reservationId} not settled, try ${tries}: ${error.message}`);
        });
    };
    return startScanning(parts, 'payments not settled', async (stopping)=>{
        const now = clock.now();
        const resting = [
            ...waiting
        ].filter(([, { until }])=>until > now).map(([id])=>id);
        const open = await parts.openPayments(now - GRACE_MS, MAX_PER_SCAN, resting.slice(0, MAX_RESTING));
        const known = new Set([
            ...resting,
            ...open.map(({ reservationId })=>reservationId)
        ]);
        for (const id of waiting.keys())if (!known.has(id)) waiting.delete(id);
        // A charge that is young is waited for by its own request.
        const due = open.filter(({ pending, changedAt })=>!(pending && changedAt > now - INQUIRY_AFTER_MS));
        await workThrough(due, AT_ONCE, stopping, advance);
    });
}

//# sourceMappingURL=payment-settlement.js.map