import type { DomainEvent } from '../shared/domain-event.js';

export const VENUE = 'venue-';
export const venueStream = (venueId: string): string => VENUE + venueId;

/** Degrees, WGS 84. */
export interface Location {
  readonly lat: number;
  readonly lon: number;
}

export interface VenueRegisteredData {
  readonly venueId: string;
  readonly name: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string;
  readonly location: Location;
  /** IANA name, such as `America/Mexico_City`. */
  readonly timeZone: string;
  readonly seatingPlanHash: string;
  readonly seatCount: number;
  /** The plan's categories: each that has seats needs a price in every event here. */
  readonly categories: readonly { readonly name: string; readonly seatCount: number }[];
  readonly registeredAt: string;
}

export type VenueRegistered = DomainEvent<'VenueRegistered', VenueRegisteredData>;
export type VenueEvent = VenueRegistered;
