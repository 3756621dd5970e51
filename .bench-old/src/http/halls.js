import { LRUCache } from 'lru-cache';
/** Events whose hall is remembered by its hash alone. */ const MAX_REMEMBERED = 10_000;
export function openHalls(events, plans) {
    const known = new LRUCache({
        max: MAX_REMEMBERED
    });
    return {
        of: async (eventId)=>{
            let facts = known.get(eventId);
            if (!facts) {
                const event = await events.event(eventId);
                if (!event) return undefined;
                facts = {
                    hash: event.seatingPlanHash,
                    prices: event.prices
                };
                known.set(eventId, facts);
            }
            const { layout } = await plans.load(facts.hash);
            return {
                layout,
                prices: facts.prices
            };
        }
    };
}

//# sourceMappingURL=halls.js.map