/** What has become of what shoppers held. It may be a moment behind. */
export interface ShoppingRecord {
  /** Those of the reservations that are not held any more: paid for, given back, expired. */
  ended(eventId: string, reservationIds: readonly string[]): Promise<readonly string[]>;
  /**
   * Whether a reservation of this customer has ended that was made after that moment.
   * @param since milliseconds since the epoch
   */
  hasShopped(eventId: string, customerId: string, since: number): Promise<boolean>;
}
