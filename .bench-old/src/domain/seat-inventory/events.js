/** Stream of one event's seats. The name before the first `-` is the category in EventStoreDB. */ export const SEAT_INVENTORY = 'seatInventory-';
export const seatInventoryStream = (eventId)=>SEAT_INVENTORY + eventId;

//# sourceMappingURL=events.js.map