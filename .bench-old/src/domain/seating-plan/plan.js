/**
 * A seating plan in canonical form: positions are absolute (zone + row + seat added up), the seats of a row stand
 * in the order in which people sit, and nothing is left that the sale or the drawing does not use.
 */ /**
 * Something drawn that is not a seat. `x` and `y` are the top left corner of a rectangle, the centre of an ellipse,
 * the origin of a polygon's points, and where a text stands; it is turned around this point.
 */ export { };

//# sourceMappingURL=plan.js.map