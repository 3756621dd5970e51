import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { houseEvents } from './houses.js';
import { worldCupEvents } from './world-cup.js';
const unzip = promisify(gunzip);
/** @throws Error naming the file that is missing or damaged */ export async function readSamples(directory) {
    const read = (name)=>readJson(join(directory, name));
    const [theatre, arena, stadium, { matches }, { stadiums }] = await Promise.all([
        read('seating-plans/theatre.json'),
        read('seating-plans/arena.json.gz'),
        read('seating-plans/stadium-54000.json.gz'),
        read('worldcup-2026.matches.json'),
        read('worldcup-2026.stadiums.json')
    ]);
    return {
        theatre,
        arena,
        stadium,
        matches,
        stadiums
    };
}
/** Everything that the demo loads: the theatre, the arena and the World Cup; `now` in milliseconds since the epoch. */ export function sampleEvents(samples, at) {
    const houses = houseEvents(samples, at);
    const plans = {
        [samples.stadium.name]: samples.stadium
    };
    const worldCup = worldCupEvents(samples.matches, samples.stadiums, {
        ...at,
        plans
    });
    return {
        venues: [
            ...houses.venues,
            ...worldCup.venues
        ],
        events: [
            ...houses.events,
            ...worldCup.events
        ]
    };
}
async function readJson(path) {
    try {
        const bytes = await readFile(path);
        const text = path.endsWith('.gz') ? await unzip(bytes) : bytes;
        return JSON.parse(text.toString('utf8'));
    } catch (error) {
        throw new Error(`Cannot read the sample ${path}.`, {
            cause: error
        });
    }
}

//# sourceMappingURL=read-samples.js.map