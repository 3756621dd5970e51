import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PrinterBusy, PrintFailed } from '../../ports/ticket-printer.js';
import { draw } from './draw.js';
/** Jobs that wait; one takes about a tenth of a second. */ const MAX_WAITING = 100;
/** For one job. A document over this is none of ours. Milliseconds. */ const JOB_MS = 15_000;
const WORKER_HEAP_MB = 256;
/** Beside this file when it is compiled; in tests, which run the sources, there is none. */ const WORKER_FILE = join(import.meta.dirname, 'print-worker.js');
/**
 * Draws one after the other, in a thread of its own: a page costs as much time as thousands of decisions, and those who
 * sell seats share none of it. A job that takes too long is given up together with its thread; the next gets a new one.
 */ export function openTicketPrinter(limits = {}) {
    const { maxWaiting = MAX_WAITING, jobMs = JOB_MS } = limits;
    const drawing = existsSync(WORKER_FILE) ? inThread(WORKER_FILE, jobMs) : here();
    let waiting = 0;
    let last = Promise.resolve();
    let closed = false;
    const print = (job)=>{
        if (closed) return Promise.reject(new PrintFailed('The printer is closed.'));
        if (waiting >= maxWaiting) return Promise.reject(new PrinterBusy(`${waiting} jobs are waiting.`));
        waiting++;
        const drawn = last.then(()=>drawing.draw(job)).finally(()=>waiting--);
        last = drawn.catch(()=>{});
        return drawn;
    };
    return {
        qrSvg: (code)=>print({
                kind: 'qr-svg',
                code
            }),
        qrPng: (code)=>print({
                kind: 'qr-png',
                code
            }),
        pdf: (tickets)=>print({
                kind: 'pdf',
                tickets
            }),
        close: async ()=>{
            closed = true;
            await drawing.close();
        }
    };
}
const here = ()=>({
        draw: (job)=>draw(job).catch((error)=>{
                throw new PrintFailed(error.message, {
                    cause: error
                });
            }),
        close: ()=>Promise.resolve()
    });
function inThread(file, jobMs) {
    let worker;
    const start = ()=>{
        const started = new Worker(file, {
            resourceLimits: {
                maxOldGenerationSizeMb: WORKER_HEAP_MB
            }
        });
        started.unref();
        // Told to the job under way too; without one, an error that nobody hears would end the process.
        started.on('error', ()=>{});
        started.once('exit', ()=>{
            if (worker === started) worker = undefined;
        });
        return started;
    };
    const draw = (job)=>new Promise((resolve, reject)=>{
            const thread = worker ??= start();
            const end = (settle)=>{
                clearTimeout(timer);
                thread.off('message', onMessage).off('error', onError).off('exit', onExit);
                settle();
            };
            const fail = (reason)=>end(()=>reject(new PrintFailed(reason)));
            const onMessage = ({ drawn, error })=>drawn === undefined ? fail(error ?? 'nothing was drawn') : end(()=>resolve(drawn));
            const onError = (error)=>fail(error.message);
            const onExit = ()=>fail('the thread that draws has ended');
            const timer = setTimeout(()=>{
                worker = undefined;
                void thread.terminate();
                fail(`not drawn within ${jobMs} ms`);
            }, jobMs);
            thread.on('message', onMessage).on('error', onError).on('exit', onExit);
            thread.postMessage(job);
        });
    return {
        draw,
        close: async ()=>void await worker?.terminate()
    };
}

//# sourceMappingURL=printer.js.map