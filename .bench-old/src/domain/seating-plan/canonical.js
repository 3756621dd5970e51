/** Version of the stored text. An older text is still read: a plan is addressed by its hash and never rewritten. */ const CANONICAL_VERSION = 1;
/**
 * The plan as compact JSON: the same plan gives the same text whatever the order of keys and the unknown fields of
 * its source, so its SHA-256 names the plan.
 */ export function canonicalPlanJson(plan) {
    const { focalPoint, size } = plan;
    const canonical = {
        version: CANONICAL_VERSION,
        name: plan.name,
        size: {
            width: size.width,
            height: size.height
        },
        ...focalPoint && {
            focalPoint: {
                x: focalPoint.x,
                y: focalPoint.y
            }
        },
        categories: plan.categories.map(({ name, color })=>({
                name,
                color
            })),
        zones: plan.zones.map((zone)=>({
                name: zone.name,
                rows: zone.rows.map(({ label, seats })=>({
                        label,
                        seats: seats.map(toColumns)
                    })),
                areas: zone.areas.map(areaInOrder)
            }))
    };
    return JSON.stringify(canonical);
}
/** @throws Error when the text was not made by `canonicalPlanJson` */ export function parseCanonicalPlan(text) {
    const { version, zones, ...plan } = JSON.parse(text);
    if (version !== CANONICAL_VERSION) throw new Error(`A stored seating plan has the unknown version ${version}.`);
    return {
        ...plan,
        zones: zones.map(({ name, rows, areas })=>({
                name,
                areas,
                rows: rows.map(({ label, seats })=>({
                        label,
                        seats: seats.map(fromColumns)
                    }))
            }))
    };
}
function toColumns({ id, number, x, y, category }) {
    return [
        id,
        number,
        x,
        y,
        category
    ];
}
function fromColumns([id, number, x, y, category]) {
    return {
        id,
        number,
        x,
        y,
        category
    };
}
function areaInOrder(area) {
    return {
        shape: area.shape,
        x: area.x,
        y: area.y,
        width: area.width,
        height: area.height,
        points: area.points.map(({ x, y })=>({
                x,
                y
            })),
        rotation: area.rotation,
        color: area.color,
        borderColor: area.borderColor,
        text: area.text,
        textAt: {
            x: area.textAt.x,
            y: area.textAt.y
        },
        textColor: area.textColor,
        textSize: area.textSize
    };
}

//# sourceMappingURL=canonical.js.map