import { boundsOf } from './plan-size.js';
/** Areas that an audience looks at, by their text. */ const LOOKED_AT = /\b(?:stage|court|pitch|field|ring|screen|podium)\b/i;
/** What the plan names itself; else the middle of the first area that an audience looks at; else of everything. */ export function focalPointOf(plan) {
    if (plan.focalPoint) return plan.focalPoint;
    for (const { areas } of plan.zones){
        const area = areas.find(({ text })=>LOOKED_AT.test(text));
        if (area) return centreOf(area);
    }
    const { minX, minY, maxX, maxY } = boundsOf(plan.zones);
    return {
        x: (minX + maxX) / 2,
        y: (minY + maxY) / 2
    };
}
function centreOf(area) {
    const { x, y } = middleOf(area);
    const angle = area.rotation / 180 * Math.PI;
    return {
        x: area.x + x * Math.cos(angle) - y * Math.sin(angle),
        y: area.y + x * Math.sin(angle) + y * Math.cos(angle)
    };
}
/** Relative to the point around which the area is turned. */ function middleOf({ shape, width, height, points, textAt }) {
    switch(shape){
        case 'rectangle':
            return {
                x: width / 2,
                y: height / 2
            };
        case 'ellipse':
            return {
                x: 0,
                y: 0
            };
        case 'text':
            return textAt;
        case 'polygon':
            {
                const middle = (values)=>(Math.min(...values) + Math.max(...values)) / 2;
                if (points.length === 0) return {
                    x: 0,
                    y: 0
                };
                return {
                    x: middle(points.map((point)=>point.x)),
                    y: middle(points.map((point)=>point.y))
                };
            }
    }
}

//# sourceMappingURL=focal-point.js.map