import type { PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { Problem } from './problems.js';

export interface FieldError {
  /** JSON pointer into the body, or the name of a query parameter. */
  readonly path: string;
  readonly message: string;
}

/** Errors named in one answer. */
const MAX_ERRORS = 20;
/** Levels of lists and objects in a body; the deepest that is asked for has three. */
const MAX_DEPTH = 8;
/** Values in a body; the most that is asked for are some thousand seats. */
const MAX_VALUES = 20_000;

/** The body as `Shape`, nothing unknown in it; `unsent` in place of no body. @throws Problem `validation-failed` */
export const bodyAs = <Shape extends object>(
  shape: Type<Shape>,
  unsent?: object,
): PipeTransform<unknown, Shape> => ({
  transform: (value) => validated(shape, value === undefined ? unsent : value),
});

/**
 * The query as `Shape`; a parameter without a value counts as left out. Numbers are read from text where the shape says
 * `@Type(() => Number)`. @throws Problem `validation-failed`
 */
export const queryAs = <Shape extends object>(shape: Type<Shape>): PipeTransform<object, Shape> => ({
  transform: (value) => {
    const given = Object.entries(value).filter(([, text]) => text !== '');
    return validated(shape, Object.fromEntries(given), 'query');
  },
});

/** @throws Problem `validation-failed` */
export function validated<Shape extends object>(
  shape: Type<Shape>,
  value: unknown,
  part: 'body' | 'query' = 'body',
): Shape {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid([{ path: '', message: 'must be an object' }]);
  }
  if (!isSmall(value)) {
    const message = `must have at most ${MAX_DEPTH} levels and ${MAX_VALUES} values`;
    throw invalid([{ path: '', message }]);
  }
  const instance = plainToInstance(shape, value);
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  });
  if (errors.length > 0) throw invalid(flatten(errors, part === 'body' ? '/' : ''));
  return instance;
}

/** What is said of a field that was not sent. */
export const REQUIRED = 'is required';

export const invalid = (errors: readonly FieldError[]): Problem =>
  new Problem('validation-failed', { errors: errors.slice(0, MAX_ERRORS) });

/** Whether it can be copied and checked: what follows calls itself for each level, and takes its time for each value. */
function isSmall(body: object): boolean {
  let values = 0;
  const fits = (value: unknown, depth: number): boolean => {
    if (++values > MAX_VALUES || depth > MAX_DEPTH) return false;
    if (typeof value !== 'object' || value === null) return true;
    return Object.values(value).every((member) => fits(member, depth + 1));
  };
  return fits(body, 0);
}

/** A name as a JSON pointer has it, RFC 6901; whoever sends a long one is shown how it begins. */
export const pointerPart = (name: string): string =>
  name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');

function flatten(errors: readonly ValidationError[], prefix: string): FieldError[] {
  return errors.flatMap(({ property, value, constraints = {}, children = [] }) => {
    const path = prefix + pointerPart(property);
    // What a value would have to be like says little to whoever has sent none.
    const messages = value === undefined ? [REQUIRED] : Object.values(constraints);
    const own = messages.map((message) => ({ path, message }));
    return [...own, ...flatten(children, `${path}/`)];
  });
}
