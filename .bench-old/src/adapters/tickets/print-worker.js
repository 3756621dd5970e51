import { parentPort } from 'node:worker_threads';
import { draw } from './draw.js';
/** The thread that draws. `printer.ts` gives it one job at a time. */ parentPort.on('message', (job)=>{
    draw(job).then((drawn)=>parentPort.postMessage({
            drawn
        }), (error)=>parentPort.postMessage({
            error: error.message
        }));
});

//# sourceMappingURL=print-worker.js.map