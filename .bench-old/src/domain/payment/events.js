/** Stream of one reservation's money: every try to pay, every capture, every refund. */ export const PAYMENT = 'payment-';
export const paymentStream = (reservationId)=>PAYMENT + reservationId;

//# sourceMappingURL=events.js.map