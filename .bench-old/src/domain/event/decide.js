import { accept, reject } from '../domain-event.js';
/** Holds last ten minutes unless the organiser says otherwise; from one second to two hours. */ export const DEFAULT_HOLD_SECONDS = 600;
export const MIN_HOLD_SECONDS = 1;
export const MAX_HOLD_SECONDS = 7_200;
export const DEFAULT_MAX_SEATS_PER_CUSTOMER = 10;
/** Every category of the venue's plan has one price, all in one currency. */ export function decideEvent(command, event, venue) {
    if (event) return accept();
    if (!venue) return reject({
        code: 'venue-not-found'
    });
    const problem = checkPrices(command.prices, venue.categories);
    if (problem) return reject(problem);
    return accept({
        type: 'EventScheduled',
        data: {
            eventId: command.eventId,
            venueId: command.venueId,
            name: command.name,
            startsAt: command.startsAt,
            category: command.category ?? null,
            performers: command.performers ?? [],
            description: command.description ?? null,
            prices: command.prices,
            onSaleAt: command.onSaleAt ?? null,
            holdSeconds: command.holdSeconds ?? DEFAULT_HOLD_SECONDS,
            maxSeatsPerCustomer: command.maxSeatsPerCustomer ?? DEFAULT_MAX_SEATS_PER_CUSTOMER,
            singleSeatRule: command.singleSeatRule ?? 'off',
            seatingPlanHash: venue.seatingPlanHash,
            seatCount: venue.seatCount,
            scheduledAt: new Date(command.now).toISOString()
        }
    });
}
function checkPrices(prices, categories) {
    const priced = prices.map(({ category })=>category);
    const repeated = priced.filter((category, at)=>priced.indexOf(category) !== at);
    if (repeated.length > 0) return {
        code: 'prices-repeated',
        categories: [
            ...new Set(repeated)
        ]
    };
    const unknown = priced.filter((category)=>!categories.some(({ name })=>name === category));
    if (unknown.length > 0) return {
        code: 'prices-of-unknown-category',
        categories: unknown
    };
    const sold = categories.filter(({ seatCount })=>seatCount > 0).map(({ name })=>name);
    const missing = sold.filter((category)=>!priced.includes(category));
    if (missing.length > 0) return {
        code: 'prices-missing',
        categories: missing
    };
    const currencies = [
        ...new Set(prices.map(({ currency })=>currency))
    ];
    return currencies.length > 1 ? {
        code: 'currencies-mixed',
        currencies
    } : undefined;
}

//# sourceMappingURL=decide.js.map