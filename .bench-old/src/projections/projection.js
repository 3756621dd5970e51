/** For the `default` of an exhaustive switch: newer code wrote a type that this code cannot judge, so it must not pass by. */ export function unknownType(event) {
    return new Error(`Unknown domain event type ${event.type}: run the newer version.`);
}

//# sourceMappingURL=projection.js.map