/**
 * A seating plan as the sale needs it: seats are numbers in plan order (zone by zone, row by row), and every
 * question a decision asks is an array look-up. Immutable, shared by all events of the venue.
 */ export { };

//# sourceMappingURL=layout.js.map