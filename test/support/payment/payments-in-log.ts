import { paymentStream, type PaymentEvent } from '../../../src/domain/payment/events.js';
import { evolvePayment, type Payment } from '../../../src/domain/payment/state.js';
import type { EventStore } from '../../../src/ports/event-store/event-store.js';

/** Returns the payments of these reservations as the log has them. */
export async function paymentsInLog(
  eventStore: EventStore,
  reservationIds: readonly string[],
): Promise<Payment[]> {
  const payments: Payment[] = [];
  for (const reservationId of reservationIds) {
    let payment: Payment;
    for await (const event of eventStore.readStream(paymentStream(reservationId))) {
      payment = evolvePayment(payment, event as unknown as PaymentEvent);
    }
    payments.push(payment);
  }
  return payments;
}
