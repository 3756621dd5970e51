/** Limits of a seating plan. The largest stadiums have about 115,000 seats. */ /** Seats of one plan. */ export const MAX_SEATS = 250_000;
/** Zones of one plan: a section is stored as an unsigned 16-bit number. */ export const MAX_ZONES = 65_535;
/** Rows of one plan. */ export const MAX_ROWS = 250_000;
/** Seats of one row: free seats of a run are counted in unsigned 16-bit numbers. */ export const MAX_SEATS_IN_ROW = 10_000;
/** Categories of one plan; each needs a price, and all prices travel in one domain event. */ export const MAX_CATEGORIES = 200;
/** Drawn areas (stage, bar, pitch) of one plan. */ export const MAX_AREAS = 2_000;
/** Corners of one drawn polygon. */ export const MAX_POLYGON_POINTS = 1_000;
/** UTF-16 code units of a `seat_guid`. */ export const MAX_SEAT_GUID_LENGTH = 64;
/** UTF-16 code units of the name of a plan, a category or a zone, and of an area's text. */ export const MAX_NAME_LENGTH = 200;
/** UTF-16 code units of a row or seat number. */ export const MAX_LABEL_LENGTH = 64;
/** Farthest position from the origin along either axis, in plan units. */ export const MAX_COORDINATE = 1_000_000;
/** Largest number of decimals of a position that are kept. */ export const POSITION_DECIMALS = 4;
/** Problems reported of one plan; reading stops there. */ export const MAX_PROBLEMS = 20;

//# sourceMappingURL=limits.js.map