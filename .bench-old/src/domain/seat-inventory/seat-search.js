export { };

//# sourceMappingURL=seat-search.js.map