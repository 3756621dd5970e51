export function verb({ command, describe, options, run }) {
    return {
        command,
        describe,
        builder: options,
        handler: async (args)=>{
            process.exitCode = await run(args);
        }
    };
}
/** Verbs about one thing: `boxoffice ledger …`. One file under `commands/` each. */ export function group(name, describe, verbs) {
    return {
        command: name,
        describe,
        builder: (yargs)=>yargs.usage(`$0 ${name} <verb>`).command([
                ...verbs
            ]).demandCommand(1, `Say what to do with ${name}.`),
        handler: ()=>undefined
    };
}
/** For people, beside the answer. */ export const tell = (message)=>void process.stderr.write(`${message}\n`);
export const answer = (text)=>void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
export const answerJson = (document)=>answer(JSON.stringify(document, null, 2));

//# sourceMappingURL=verb.js.map