import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { layoutDocument } from '../domain/seating-plan/layout-document.js';
import { openSeatingMaps } from './seating-maps.js';
/** Bytes of zipped plans kept in memory. */ const MAX_PLAN_BYTES = 64 * 1024 * 1024;
export function openSeatingDocuments(plans) {
    const zippedPlans = new LRUCache({
        maxSize: MAX_PLAN_BYTES,
        sizeCalculation: ({ length })=>length
    });
    const zipping = new Map();
    const maps = openSeatingMaps();
    const zip = async (hash)=>{
        const { plan, layout } = await plans.load(hash);
        const zipped = await promisify(gzip)(JSON.stringify(layoutDocument(layout, plan)));
        zippedPlans.set(hash, zipped);
        return zipped;
    };
    const zipped = async (hash)=>{
        const known = zippedPlans.get(hash);
        if (known) return known;
        const underWay = zipping.get(hash) ?? zip(hash).finally(()=>zipping.delete(hash));
        zipping.set(hash, underWay);
        return underWay;
    };
    return {
        zipped,
        plain: async (hash)=>promisify(gunzip)(await zipped(hash)),
        map: maps.of
    };
}

//# sourceMappingURL=seating-documents.js.map