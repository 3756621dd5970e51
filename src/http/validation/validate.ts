import type { PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { nfc } from '../../domain/shared/text.js';
import { isSmall, SMALL } from '../../domain/shared/json-size.js';
import { Problem } from '../problems/problems.js';

export interface FieldError {
  /** JSON pointer into the body, or the name of a query parameter. */
  readonly path: string;
  readonly message: string;
}

/** Errors named in one answer. */
const MAX_ERRORS = 20;

/**
 * Returns the pipe that reads the body as `Shape`. Unknown fields are rejected; a missing body is
 * read as `missing`.
 * @throws Problem `validation-failed`
 */
export const bodyAs = <Shape extends object>(
  shape: Type<Shape>,
  missing?: object,
): PipeTransform<unknown, Shape> => ({
  transform: (value) => validated(shape, value === undefined ? missing : value),
});

/**
 * Returns the pipe that reads the query as `Shape`. A parameter without a value counts as missing.
 * Fields with `@Type(() => Number)` are parsed as numbers. @throws Problem `validation-failed`
 */
export const queryAs = <Shape extends object>(
  shape: Type<Shape>,
): PipeTransform<object, Shape> => ({
  transform: (value) => {
    const given = Object.entries(value).filter(([, text]) => text !== '');
    return validated(shape, Object.fromEntries(given), 'query');
  },
});

/** Returns the value as `Shape`. @throws Problem `validation-failed` */
export function validated<Shape extends object>(
  shape: Type<Shape>,
  value: unknown,
  part: 'body' | 'query' = 'body',
): Shape {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid([{ path: '', message: 'must be an object' }]);
  }
  if (!isSmall(value, SMALL)) {
    const message = `must have at most ${SMALL.depth} levels and ${SMALL.values} values`;
    throw invalid([{ path: '', message }]);
  }
  const instance = plainToInstance(shape, normalized(value));
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
  });
  if (errors.length > 0) throw invalid(flatten(errors, part === 'body' ? '/' : ''));
  return instance;
}

/** Message for a missing field. */
export const REQUIRED = 'is required';

export const invalid = (errors: readonly FieldError[]): Problem =>
  new Problem('validation-failed', { errors: errors.slice(0, MAX_ERRORS) });

/** Returns the value with every text in NFC, so that texts that look the same are equal. */
function normalized<Value>(value: Value): Value {
  if (typeof value === 'string') return nfc(value) as Value;
  if (Array.isArray(value)) return value.map(normalized) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, normalized(member)]),
  ) as Value;
}

/** Returns a name as part of a JSON pointer (RFC 6901), cut to 100 characters. */
export const pointerPart = (name: string): string =>
  name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');

/** Constraints on the type of a value: limits mean nothing for a value of another type. */
const ON_TYPE = ['isInt', 'isNumber', 'isString', 'isBoolean', 'isArray', 'isObject'];

/** Name of class-validator's constraint that unknown fields violate. */
const UNKNOWN = 'whitelistValidation';

/** The message of the constraint on the type if that fails, else of the first that fails. */
function mainProblem(constraints: Readonly<Record<string, string>>): string[] {
  if (UNKNOWN in constraints) return ['is not a field of this request'];
  const name = ON_TYPE.find((type) => type in constraints) ?? Object.keys(constraints)[0];
  return name === undefined ? [] : [constraints[name]!];
}

function flatten(errors: readonly ValidationError[], prefix: string): FieldError[] {
  return errors.flatMap(({ property, value, constraints = {}, children = [] }) => {
    const path = prefix + pointerPart(property);
    // For a missing field, only that it is required: its format does not help.
    const messages = value === undefined ? [REQUIRED] : mainProblem(constraints);
    const own = messages.map((message) => ({ path, message }));
    return [...own, ...flatten(children, `${path}/`)];
  });
}
