/** Ids and chance. They come through here, so that a simulation can replay a run exactly. */ export { };

//# sourceMappingURL=randomness.js.map