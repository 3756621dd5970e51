/** An event to be posted to `POST /v1/events` as `{...body, venueId}`. */ export { };

//# sourceMappingURL=sample-bodies.js.map