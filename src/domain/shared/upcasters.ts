/** Converts the data of a domain event from one version to the next. */
export type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>;

/**
 * Upcasters by type: the first one converts version 1 to version 2, and so on. Other types have one
 * version only. Every version that was ever stored has a fixture in `test/fixtures/domain-events`,
 * which never changes.
 */
const UPCASTERS: Readonly<Record<string, readonly Upcaster[]>> = {
  /**
   * Version 1 was written with the second shape too. The first shape only implies that each
   * category has at least one seat.
   */
  VenueRegistered: [
    (data) => ({
      ...data,
      categories: (data.categories as (string | object)[]).map((category) =>
        typeof category === 'string' ? { name: category, seatCount: 1 } : category,
      ),
    }),
  ],
  /**
   * Version 1 named the refund of the provider, which belongs to the payment. It had no reason,
   * because only an organizer could refund.
   */
  ReservationRefunded: [
    ({ refundReference: _, ...data }) => ({
      ...data,
      reason: data.reason ?? 'refunded-by-organizer',
    }),
  ],
};

/** Returns the version in which domain events of this type are written. */
export const currentVersionOf = (type: string): number => (UPCASTERS[type]?.length ?? 0) + 1;

interface Versioned {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: { readonly schemaVersion?: number };
}

/**
 * Converts a domain event to the current version. One of a later version is returned unchanged, and
 * the fold must reject it.
 */
export function upcast<Event extends Versioned>(event: Event): Event {
  const upcasters = UPCASTERS[event.type];
  if (!upcasters) return event;
  // Domain events written by hand or by an import may have no version: they have version 1.
  const { schemaVersion = 1 } = event.metadata;
  if (schemaVersion > upcasters.length) return event;
  const data = upcasters
    .slice(schemaVersion - 1)
    .reduce((older, upcaster) => upcaster(older), event.data as Record<string, unknown>);
  return { ...event, data, metadata: { ...event.metadata, schemaVersion: upcasters.length + 1 } };
}

/** Returns the types with more than one version. */
export const versionedTypes = (): readonly string[] => Object.keys(UPCASTERS);
