/** Brings the data of one version of a domain event's shape to the next. */
export type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>;

/**
 * By type: the first upcaster takes version 1 to version 2, and so on. A type that is not named here has had one shape
 * only. Every version that was ever stored has a fixture in `test/fixtures/domain-events`, which is never changed.
 */
const UPCASTERS: Readonly<Record<string, readonly Upcaster[]>> = {
  /**
   * Version 1 was also written with the second shape. Of the first it is only known that each category had seats: one at
   * least.
   */
  VenueRegistered: [
    (data) => ({
      ...data,
      categories: (data.categories as (string | object)[]).map((category) =>
        typeof category === 'string' ? { name: category, seatCount: 1 } : category,
      ),
    }),
  ],
  /** Version 1 named the provider's refund, which is the payment's, and not why: nobody but an organiser could refund then. */
  ReservationRefunded: [
    ({ refundReference: _, ...data }) => ({
      ...data,
      reason: data.reason ?? 'refunded-by-organizer',
    }),
  ],
};

/** The version in which domain events of this type are written. */
export const currentVersionOf = (type: string): number => (UPCASTERS[type]?.length ?? 0) + 1;

interface Versioned {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: { readonly schemaVersion?: number };
}

/**
 * The domain event in the shape that this version of the product writes, whatever the shape it was stored in. One of a
 * later version stays as it is: whoever folds it has to refuse it.
 */
export function upcast<Event extends Versioned>(event: Event): Event {
  const upcasters = UPCASTERS[event.type];
  if (!upcasters) return event;
  // Written by hand or by an import, a domain event may come without; then its shape is the first.
  const { schemaVersion = 1 } = event.metadata;
  if (schemaVersion > upcasters.length) return event;
  const data = upcasters
    .slice(schemaVersion - 1)
    .reduce((older, upcaster) => upcaster(older), event.data as Record<string, unknown>);
  return { ...event, data, metadata: { ...event.metadata, schemaVersion: upcasters.length + 1 } };
}

/** Types that have had more than one shape. */
export const versionedTypes = (): readonly string[] => Object.keys(UPCASTERS);
