/** Time and timers. A simulation runs the real writer, runner and processes on a clock of its own. */ export { };

//# sourceMappingURL=clock.js.map