/** pretix's public seating-plan JSON, as far as the samples write it. Units are the plan's own. */ /** Either the first form (`width`, `height`, a plain `text`) or today's, with a shape and nested measures. */ export { };

//# sourceMappingURL=pretix-plan.js.map