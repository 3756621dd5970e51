export function packReservations({ reservations, layout }) {
    const all = reservations.slice(1);
    return {
        plain: {
            id: all.map(({ id })=>id),
            customerId: all.map(({ customerId })=>customerId),
            status: all.map(({ status })=>status),
            requestDigest: all.map(({ requestDigest })=>requestDigest),
            reservedAt: all.map(({ reservedAt })=>reservedAt),
            expiresAt: all.map(({ expiresAt })=>expiresAt),
            paymentStarted: all.map(({ paymentStarted })=>paymentStarted),
            confirmedAt: all.map(({ confirmedAt })=>confirmedAt),
            paymentReference: all.map(({ paymentReference })=>paymentReference),
            refundReason: all.map(({ refundReason })=>refundReason),
            turnedDown: all.map(({ turnedDown })=>turnedDown),
            exchanges: all.map(({ exchanges })=>exchanges)
        },
        amounts: all.map(({ total })=>total.amountMinor),
        currencies: all.map(({ total })=>total.currency),
        seatCounts: all.map(({ seatIds })=>seatIds.length),
        seats: Uint32Array.from(all.flatMap(({ seatIds })=>seatIds.map((seatId)=>layout.indexOf.get(seatId))))
    };
}
/** In the order of their numbers, from 1. */ export function* unpackReservations(packed, layout) {
    const { plain, amounts, currencies, seatCounts, seats } = packed;
    const names = Object.keys(plain);
    let seat = 0;
    for(let at = 0; at < amounts.length; at++){
        const given = names.filter((name)=>plain[name][at] !== undefined);
        yield {
            number: at + 1,
            seatIds: Array.from({
                length: seatCounts[at]
            }, ()=>layout.seatIds[seats[seat++]]),
            total: {
                amountMinor: amounts[at],
                currency: currencies[at]
            },
            ...Object.fromEntries(given.map((name)=>[
                    name,
                    plain[name][at]
                ]))
        };
    }
}

//# sourceMappingURL=packed-reservations.js.map