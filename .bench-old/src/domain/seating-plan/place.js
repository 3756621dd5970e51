/** @param seat index in the layout */ export function placeOf(layout, seat) {
    return {
        section: layout.sections[layout.sectionOf[seat]],
        row: layout.rows[layout.rowOf[seat]],
        number: layout.numbers[seat],
        category: layout.categories[layout.categoryOf[seat]].name
    };
}

//# sourceMappingURL=place.js.map