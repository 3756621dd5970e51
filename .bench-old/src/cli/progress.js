import { SingleBar } from 'cli-progress';
import { tell } from './verb.js';
/** Between two lines, where nobody watches. Milliseconds. */ const LINE_EVERY_MS = 5_000;
/** On stderr, so that an answer on stdout stays whole: a bar on a terminal, else a line now and then. */ export function openProgress({ what, unit, total, stream = process.stderr }) {
    if (!stream.isTTY) return openLines({
        what,
        unit,
        total
    });
    const format = total === undefined ? `${what} | {value} ${unit}{note}` : `${what} | {bar} {percentage} % | {value} of {total} ${unit} | {eta_formatted} left{note}`;
    const bar = new SingleBar({
        format,
        ...{
            stream,
            hideCursor: true,
            clearOnComplete: false,
            barsize: 30,
            fps: 8,
            noTTYOutput: false
        },
        formatValue: (value, _, type)=>type === 'value' || type === 'total' ? value.toLocaleString('en-US') : String(value)
    });
    const shown = (note)=>({
            note: note ? ` | ${note}` : ''
        });
    bar.start(total ?? 0, 0, shown());
    return {
        at: (done, note)=>bar.update(done, shown(note)),
        end: ()=>bar.stop()
    };
}
function openLines({ what, unit, total }) {
    let next = Date.now() + LINE_EVERY_MS;
    const count = (number)=>number.toLocaleString('en-US');
    return {
        at: (done, note)=>{
            if (Date.now() < next) return;
            next = Date.now() + LINE_EVERY_MS;
            const of = total === undefined ? '' : ` of ${count(total)}`;
            tell(`${what}: ${count(done)}${of} ${unit}${note ? `, ${note}` : ''}`);
        },
        end: ()=>undefined
    };
}

//# sourceMappingURL=progress.js.map