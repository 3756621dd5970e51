import { randomUUID } from 'node:crypto';
export const systemRandomness = {
    uuid: ()=>randomUUID(),
    fraction: ()=>Math.random()
};

//# sourceMappingURL=randomness.js.map