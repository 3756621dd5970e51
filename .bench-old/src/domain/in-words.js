/** `Thursday, 11 June 2026 at 13:00 (America/Mexico_City)`: the day and the time as the clocks there show them. */ export function timeInWords(startsAt, timeZone) {
    const format = new Intl.DateTimeFormat('en-GB', {
        dateStyle: 'full',
        timeStyle: 'short',
        timeZone
    });
    return `${format.format(new Date(startsAt))} (${timeZone})`;
}
/** `EUR 45.00`, with as many digits as the currency has. */ export function moneyInWords({ amountMinor, currency }) {
    const format = new Intl.NumberFormat('en', {
        style: 'currency',
        currency,
        currencyDisplay: 'code'
    });
    const { maximumFractionDigits = 2 } = format.resolvedOptions();
    return format.format(amountMinor / 10 ** maximumFractionDigits).replaceAll('\u00a0', ' ');
}

//# sourceMappingURL=in-words.js.map