import type { Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

interface FieldOptions {
  /** The field may be missing. */
  readonly optional?: boolean;
  /** The field may be null. */
  readonly nullable?: boolean;
  readonly description?: string;
}

type Scalar = string | number | boolean;

/**
 * Documents a field of an answer: a string, integer, boolean, or a list of one of them. The example
 * gives the type; an empty list has items of any type. Fractions use `NumberField`.
 *
 * An answer class is the one source of a JSON answer: its fields are the OpenAPI schema, and the
 * route's method returns it.
 */
export const Field = (
  example: Scalar | readonly Scalar[],
  options: FieldOptions = {},
): PropertyDecorator => {
  const schema = Array.isArray(example)
    ? { type: 'array' as const, items: example.length === 0 ? {} : { type: typeOf(example[0]) } }
    : { type: typeOf(example) };
  return property({ ...schema, example }, options);
};

/**
 * Documents a field that is any number, not only an integer; a list of numbers when the example is
 * a list.
 */
export const NumberField = (
  example: number | readonly number[],
  options: FieldOptions = {},
): PropertyDecorator =>
  property(
    Array.isArray(example)
      ? { type: 'array', items: { type: 'number' }, example }
      : { type: 'number', example },
    options,
  );

// Nest calls a type lazily only if it is a function with the name `type`, which the literals below
// give.

/** Documents a field that is an object of another answer class. */
export const ObjectField = (type: () => Type, options: FieldOptions = {}): PropertyDecorator =>
  property({ type: () => type() }, options);

/** Documents a field that is a list of objects of another answer class. */
export const ListField = (type: () => Type, options: FieldOptions = {}): PropertyDecorator =>
  property({ type: () => type(), isArray: true }, options);

/** Documents a field that is an object with any members. */
export const FreeField = (example: object, options: FieldOptions = {}): PropertyDecorator =>
  property({ type: 'object', example }, options);

/** Documents a field that is an object with members of any name, each a string. */
export const MapField = (
  example: Readonly<Record<string, string>>,
  options: FieldOptions = {},
): PropertyDecorator =>
  property({ type: 'object', additionalProperties: { type: 'string' }, example }, options);

const typeOf = (value: unknown): 'string' | 'boolean' | 'integer' =>
  typeof value === 'number' ? 'integer' : (typeof value as 'string' | 'boolean');

const property = (
  schema: object,
  { optional = false, nullable = false, description }: FieldOptions,
): PropertyDecorator =>
  ApiProperty({
    ...schema,
    required: !optional,
    ...(nullable && { nullable }),
    ...(description !== undefined && { description }),
  } as ApiPropertyOptions);
