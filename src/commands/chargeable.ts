import type { Money } from '../domain/money.js';
import type { ChargeObstacle, PaymentGateway } from '../ports/payment-gateway.js';

/** Nobody could ever pay this amount with the payment provider that is configured. */
export interface NotChargeable {
  readonly code: 'amount-not-chargeable';
  readonly amount: Money;
  readonly reason: ChargeObstacle['reason'];
  /** Null with the reason `currency`. */
  readonly limitMinor: number | null;
}

/** The first of the amounts that cannot be charged. */
export function notChargeable(
  gateway: Pick<PaymentGateway, 'obstacleTo'>,
  amounts: readonly Money[],
): NotChargeable | undefined {
  for (const { amountMinor, currency } of amounts) {
    const amount = { amountMinor, currency };
    const obstacle = gateway.obstacleTo(amount);
    if (!obstacle) continue;
    const { reason, limitMinor = null } = obstacle;
    return { code: 'amount-not-chargeable', amount, reason, limitMinor };
  }
  return undefined;
}
