import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Problem } from './problems.js';
/** Errors named in one answer. */ const MAX_ERRORS = 20;
/** Levels of lists and objects in a body; the deepest that is asked for has three. */ const MAX_DEPTH = 8;
/** Values in a body; the most that is asked for are some thousand seats. */ const MAX_VALUES = 20_000;
/** The body as `Shape`, nothing unknown in it; `unsent` in place of no body. @throws Problem `validation-failed` */ export const bodyAs = (shape, unsent)=>({
        transform: (value)=>validated(shape, value ?? unsent)
    });
/**
 * The query as `Shape`; a parameter without a value counts as left out. Numbers are read from text where the shape says
 * `@Type(() => Number)`. @throws Problem `validation-failed`
 */ export const queryAs = (shape)=>({
        transform: (value)=>{
            const given = Object.entries(value).filter(([, text])=>text !== '');
            return validated(shape, Object.fromEntries(given), 'query');
        }
    });
/** @throws Problem `validation-failed` */ export function validated(shape, value, part = 'body') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw invalid([
            {
                path: '',
                message: 'must be an object'
            }
        ]);
    }
    if (!isSmall(value)) {
        const message = `must have at most ${MAX_DEPTH} levels and ${MAX_VALUES} values`;
        throw invalid([
            {
                path: '',
                message
            }
        ]);
    }
    const instance = plainToInstance(shape, value);
    const errors = validateSync(instance, {
        whitelist: true,
        forbidNonWhitelisted: true,
        forbidUnknownValues: true,
        stopAtFirstError: true
    });
    if (errors.length > 0) throw invalid(flatten(errors, part === 'body' ? '/' : ''));
    return instance;
}
export const invalid = (errors)=>new Problem('validation-failed', {
        errors: errors.slice(0, MAX_ERRORS)
    });
/** Whether it can be copied and checked: what follows calls itself for each level, and takes its time for each value. */ function isSmall(body) {
    let values = 0;
    const fits = (value, depth)=>{
        if (++values > MAX_VALUES || depth > MAX_DEPTH) return false;
        if (typeof value !== 'object' || value === null) return true;
        return Object.values(value).every((member)=>fits(member, depth + 1));
    };
    return fits(body, 0);
}
function flatten(errors, prefix) {
    return errors.flatMap(({ property, constraints = {}, children = [] })=>{
        const path = prefix + property.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
        const own = Object.values(constraints).map((message)=>({
                path,
                message
            }));
        return [
            ...own,
            ...flatten(children, `${path}/`)
        ];
    });
}

//# sourceMappingURL=validate.js.map