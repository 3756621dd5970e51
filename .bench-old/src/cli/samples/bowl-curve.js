/** Between the touchline and the front row. */ const RUN_OFF = 120;
/** Of half the height: round enough to look like a bowl. */ const ROUNDNESS = 0.75;
export function bowlCurve(pitch) {
    const halfWidth = pitch.width / 2 + RUN_OFF;
    const halfHeight = pitch.height / 2 + RUN_OFF;
    return {
        halfWidth,
        halfHeight,
        pieces: piecesOf(halfWidth, halfHeight, halfHeight * ROUNDNESS)
    };
}
/** Where the curve ends, which is where it began. */ const END = 9;
/** Places that cut the curve, `offset` behind the front row, into `count` parts of equal length; one more than parts. */ export function equalParts(curve, count, offset) {
    const total = lengthOf(curve, 0, END, offset);
    const cuts = Array.from({
        length: count
    }, (_, at)=>placeAt(curve, at / count * total, offset));
    return [
        ...cuts,
        END
    ];
}
/** All around, `offset` behind the front row. */ export function wholeLength(curve, offset) {
    return lengthUpTo(curve, END, offset);
}
/** Length of the curve between two places, `offset` behind the front row. */ export function lengthOf(curve, from, to, offset) {
    return lengthUpTo(curve, to, offset) - lengthUpTo(curve, from, offset);
}
/** The point `along` plan units after the place `from`, `offset` behind the front row; to a tenth of a unit. */ export function pointOf(curve, from, along, offset) {
    const place = placeAt(curve, lengthUpTo(curve, from, offset) + along, offset);
    const number = Math.min(Math.floor(place), END - 1);
    return tenths(pointOn(curve.pieces[number], place - number, offset));
}
const QUARTER = Math.PI / 2;
function piecesOf(halfWidth, halfHeight, radius) {
    const x = halfWidth - radius;
    const y = halfHeight - radius;
    const straight = (startX, startY, turns, length)=>({
            start: {
                x: startX,
                y: startY
            },
            angle: turns * QUARTER,
            length,
            radius: 0
        });
    const corner = (startX, startY, turns)=>({
            ...straight(startX, startY, turns, radius * QUARTER),
            radius
        });
    return [
        straight(halfWidth, 0, 1, y),
        corner(halfWidth, y, 1),
        straight(x, halfHeight, 2, 2 * x),
        corner(-x, halfHeight, 2),
        straight(-halfWidth, y, 3, 2 * y),
        corner(-halfWidth, -y, 3),
        straight(-x, -halfHeight, 0, 2 * x),
        corner(x, -halfHeight, 0),
        straight(halfWidth, -y, 1, y)
    ];
}
/** Corners widen with the distance, straight pieces do not. */ function lengthAt({ length, radius }, offset) {
    return radius === 0 ? length : (radius + offset) * QUARTER;
}
function lengthUpTo(curve, place, offset) {
    return curve.pieces.reduce((sum, piece, number)=>{
        return sum + Math.min(1, Math.max(0, place - number)) * lengthAt(piece, offset);
    }, 0);
}
/** The place `length` plan units after the beginning. */ function placeAt(curve, length, offset) {
    let left = length;
    for (const [number, piece] of curve.pieces.entries()){
        const whole = lengthAt(piece, offset);
        if (left <= whole) return number + left / whole;
        left -= whole;
    }
    return END;
}
function pointOn({ start, angle, length, radius }, part, offset) {
    // Outwards is a quarter to the left of the direction of travel.
    const outwards = (direction)=>({
            x: Math.sin(direction),
            y: -Math.cos(direction)
        });
    if (radius === 0) {
        const out = outwards(angle);
        return {
            x: start.x + Math.cos(angle) * part * length + out.x * offset,
            y: start.y + Math.sin(angle) * part * length + out.y * offset
        };
    }
    const from = outwards(angle);
    const centre = {
        x: start.x - from.x * radius,
        y: start.y - from.y * radius
    };
    const out = outwards(angle + part * QUARTER);
    return {
        x: centre.x + out.x * (radius + offset),
        y: centre.y + out.y * (radius + offset)
    };
}
function tenths({ x, y }) {
    return {
        x: Math.round(x * 10) / 10 + 0,
        y: Math.round(y * 10) / 10 + 0
    };
}

//# sourceMappingURL=bowl-curve.js.map