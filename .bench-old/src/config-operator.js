import { ConfigError } from './config.js';
import { DEFAULTS, Refusal, SETTINGS } from './config-settings.js';
/** What was said on the command line goes before the environment. @throws ConfigError */ export const operatorConfig = (said)=>readOperatorConfig(said, process.env);
/** @throws ConfigError naming all that is wrong at once; holds no secret */ export function readOperatorConfig(said, env) {
    const problems = [];
    const read = (name, option, given)=>{
        const text = (given ?? env[name])?.trim();
        if (!text) return undefined;
        const { parse, expects } = SETTINGS.find((setting)=>setting.name === name);
        const parsed = parse(text);
        if (!(parsed instanceof Refusal)) return parsed;
        problems.push(`${given === undefined ? name : option} ${parsed.reason}; expected ${expects}.`);
        return undefined;
    };
    const url = read('BOXOFFICE_URL', '--url', said.url) ?? DEFAULTS.BOXOFFICE_URL;
    const token = read('BOXOFFICE_TOKEN', '--token', said.token);
    if (problems.length > 0) throw new ConfigError(problems);
    return {
        url,
        token
    };
}

//# sourceMappingURL=config-operator.js.map