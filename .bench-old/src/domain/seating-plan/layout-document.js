import { focalPointOf } from './focal-point.js';
/** Decimals of a seat's position in the document: a hundredth of a plan unit is far below a pixel. */ const DRAWN_DECIMALS = 100;
export function layoutDocument(layout, plan) {
    const drawn = (value)=>Math.round(value * DRAWN_DECIMALS) / DRAWN_DECIMALS;
    return {
        hash: layout.hash,
        name: layout.name,
        size: plan.size,
        focalPoint: focalPointOf(plan),
        seatCount: layout.seatCount,
        categories: layout.categories,
        sections: layout.sections,
        rows: layout.rows,
        areas: plan.zones.flatMap(({ areas })=>areas),
        seats: {
            id: layout.seatIds,
            section: Array.from(layout.sectionOf),
            row: Array.from(layout.rowOf),
            number: layout.numbers,
            category: Array.from(layout.categoryOf),
            x: Array.from(layout.x, drawn),
            y: Array.from(layout.y, drawn)
        },
        runStart: Array.from(layout.runStart)
    };
}

//# sourceMappingURL=layout-document.js.map