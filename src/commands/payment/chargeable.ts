import type { Money } from '../../domain/shared/money.js';
import type { ChargeObstacle, PaymentGateway } from '../../ports/payment/payment-gateway.js';

/** The configured payment provider cannot charge this amount. */
export interface NotChargeable {
  readonly code: 'amount-not-chargeable';
  readonly amount: Money;
  readonly reason: ChargeObstacle['reason'];
  /** Null when the reason is `currency`. */
  readonly limitMinor: number | null;
}

/** Returns the first amount that cannot be charged; undefined if all can. */
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
