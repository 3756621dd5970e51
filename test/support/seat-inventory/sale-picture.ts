import type { SeatInventory } from '../../../src/domain/seat-inventory/state/state.js';
import type { SalePicture } from './naive-sale.js';

/** The inventory in the form of the naive sale, to be compared with it. */
export function salePicture({
  layout,
  status,
  holder,
  reservations,
  salesClosed,
  cancelled,
}: SeatInventory): SalePicture {
  const words = ['available', 'reserved', 'sold', 'blocked'];
  return {
    seats: Object.fromEntries(
      layout.seatIds.map((id, at) => [
        id,
        `${words[status[at]!]} ${reservations.get(holder[at]!)?.id ?? ''}`,
      ]),
    ),
    reservations: Object.fromEntries(
      [...reservations].map((one) => [
        one.id,
        {
          id: one.id,
          customer: one.customerId,
          seats: one.seatIds,
          digest: one.requestDigest,
          status: one.status,
          reservedAt: one.reservedAt,
          expiresAt: one.expiresAt,
          paying: one.paymentStarted,
          turnedDown: (one.turnedDown ?? []).map(({ paymentReference }) => paymentReference),
          dueBack: (one.exchanges ?? []).map(({ dueBackMinor }) => dueBackMinor),
          exchangePayments: (one.exchanges ?? []).flatMap(
            ({ paymentReference }) => paymentReference ?? [],
          ),
          payment: one.paymentReference,
        },
      ]),
    ),
    closed: salesClosed,
    cancelled,
  };
}
