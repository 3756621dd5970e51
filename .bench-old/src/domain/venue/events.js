export const VENUE = 'venue-';
export const venueStream = (venueId)=>VENUE + venueId;

//# sourceMappingURL=events.js.map