/** The state of shoppers' reservations. It may lag a moment behind. */
export interface ShoppingRecord {
  /** Returns those of the reservations that are no longer held: paid for, released, expired. */
  ended(eventId: string, reservationIds: readonly string[]): Promise<readonly string[]>;
  /**
   * Returns whether a reservation of this customer, made after `since`, has ended.
   * @param since milliseconds since the epoch
   */
  hasShopped(eventId: string, customerId: string, since: number): Promise<boolean>;
}
