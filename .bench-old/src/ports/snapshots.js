/** A snapshot is a cache of a folded stream: it may be thrown away at any time and nothing is lost. */ export { };

//# sourceMappingURL=snapshots.js.map