import { parseArgs } from 'node:util';
import { openBooks } from '../books.js';
import { configFromEnvironment } from '../config.js';
import { checkLedger } from '../read-models/ledger-check.js';
import { describeReport } from './ledger-report.js';
const HELP = `Holds the books against themselves and against the payment provider's own list, and names every difference.

  npm run ledger:check -- [--json]

  --json   the whole report as one JSON document
  --help   this text

It reads only, beside a running Boxoffice or without one, and takes the settings of the Boxoffice from the environment.
Ends with 0 when all is in balance, 1 when it is not, 2 when called wrongly, 3 when it could not be checked.

What the differences mean and how to settle them: docs/ledger.md
`;
const EXIT = {
    balanced: 0,
    unbalanced: 1,
    usage: 2,
    unchecked: 3
};
/** Entries of the provider's list between two lines, where nobody watches. */ const PROGRESS_STEP = 50_000;
async function check(config, asJson) {
    const books = await openBooks(config, tell);
    try {
        const { provider } = books.gateway;
        const progress = openProgress(provider);
        const report = await checkLedger(books.client, books.gateway.entries(), {
            now: Date.now(),
            provider,
            onProgress: progress.read
        });
        progress.end();
        process.stdout.write(asJson ? `${JSON.stringify(report, null, 2)}\n` : describeReport(report, provider));
        return report.balanced ? EXIT.balanced : EXIT.unbalanced;
    } finally{
        await books.close();
    }
}
/** On stderr, so that a report on stdout stays whole: one line that counts on a terminal, else a line now and then. */ function openProgress(provider) {
    const watched = process.stderr.isTTY;
    let told = 0;
    const line = (entries)=>`Reading the list of ${provider}: ${entries.toLocaleString('en-US')} entries`;
    return {
        read: (entries)=>{
            if (watched) process.stderr.write(`\r${line(entries)}`);
            else if (entries - told >= PROGRESS_STEP) tell(line(told = entries));
        },
        end: ()=>{
            if (watched) process.stderr.write('\n');
        }
    };
}
const tell = (message)=>void process.stderr.write(`${message}\n`);
/** Undefined after telling what is wrong. */ function readUsage() {
    try {
        const { values } = parseArgs({
            options: {
                json: {
                    type: 'boolean',
                    default: false
                }
            }
        });
        return {
            config: configFromEnvironment(),
            json: values.json
        };
    } catch (error) {
        process.stderr.write(`${error.message}\n\n${HELP}`);
        return undefined;
    }
}
if (process.argv.includes('--help')) process.stdout.write(HELP);
else {
    const usage = readUsage();
    process.exitCode = usage ? await check(usage.config, usage.json).catch((error)=>{
        tell(`The books could not be checked: ${error.message}`);
        return EXIT.unchecked;
    }) : EXIT.usage;
}

//# sourceMappingURL=ledger-check.js.map