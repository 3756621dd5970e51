export function evolveCheckIn(_checkIn, event) {
    return event.data;
}

//# sourceMappingURL=state.js.map