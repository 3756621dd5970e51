/** An amount in the currency's minor unit (cents), always a safe integer, and its ISO 4217 code. */ /** Largest price of one seat, in minor units: ten million of the major unit. */ export const MAX_PRICE_MINOR = 1_000_000_000;

//# sourceMappingURL=money.js.map