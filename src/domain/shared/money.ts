/** An amount in the currency's minor unit (cents), always a safe integer, and its ISO 4217 code. */
export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

/** Largest price of one seat, in minor units: ten million of the major unit. */
export const MAX_PRICE_MINOR = 1_000_000_000;

/**
 * Decimal digits by ISO 4217, where they are not two. `Intl` has the digits of everyday use
 * instead: none for forints or rupiahs, although cards are charged in hundredths.
 */
const DIGITS: Readonly<Record<string, number>> = {
  ...{ BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0 },
  ...{ RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0 },
  ...{ BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3, CLF: 4, UYW: 4 },
};

/** Returns the number of decimal digits of the currency. */
export const minorDigits = (currency: string): number => DIGITS[currency] ?? 2;
