export function evolveVenue(_venue, event) {
    return event.data;
}

//# sourceMappingURL=state.js.map