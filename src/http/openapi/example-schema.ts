/** JSON schema, as far as examples lead to it; `nullable` becomes a type (`asOpenApi31`). */
export interface ExampleSchema {
  type?: string;
  items?: ExampleSchema;
  properties?: Record<string, ExampleSchema>;
  additionalProperties?: ExampleSchema;
  required?: string[];
  nullable?: boolean;
}

/** Members, at any depth, that the example alone would get wrong. */
export interface ShapeHints {
  /** May be left out. */
  readonly optional?: readonly string[];
  /** May be null. */
  readonly nullable?: readonly string[];
  /** Of any shape. */
  readonly free?: readonly string[];
  /** Objects with members of any name, each like the first of the example. */
  readonly maps?: readonly string[];
}

/** Fields where a whole number in the example stands for any number. */
const MEASURES: ReadonlySet<string> = new Set([
  ...['x', 'y', 'lat', 'lon', 'width', 'height', 'distanceKm'],
  ...['perSecond', 'arrivalsPerMinute', 'servedPerMinute', 'lagSeconds', 'score'],
]);

/** The example says it all: its shape is the documented shape. */
export function schemaOf(example: unknown, hints: ShapeHints = {}): ExampleSchema {
  if (Array.isArray(example))
    return { type: 'array', items: example.length > 0 ? schemaOf(example[0], hints) : {} };
  if (typeof example === 'object' && example !== null) {
    // An example without members stands for any.
    if (Object.keys(example).length === 0) return { type: 'object' };
    const { optional = [], nullable = [], free = [], maps = [] } = hints;
    const members = Object.entries(example).map(([name, value]): [string, ExampleSchema] => [
      name,
      {
        ...memberSchema(name, value, { free, maps }, hints),
        ...(nullable.includes(name) && { nullable: true }),
      },
    ]);
    const required = members.map(([name]) => name).filter((name) => !optional.includes(name));
    return {
      type: 'object',
      properties: Object.fromEntries(members),
      ...(required.length > 0 && { required }),
    };
  }
  if (typeof example === 'number')
    return { type: Number.isInteger(example) ? 'integer' : 'number' };
  return { type: typeof example };
}

function memberSchema(
  name: string,
  value: unknown,
  { free, maps }: Required<Pick<ShapeHints, 'free' | 'maps'>>,
  hints: ShapeHints,
): ExampleSchema {
  if (free.includes(name)) return { type: typeof value };
  if (maps.includes(name)) {
    const [first] = Object.values(value as object) as unknown[];
    return { type: 'object', additionalProperties: schemaOf(first, hints) };
  }
  return typeof value === 'number' && MEASURES.has(name)
    ? { type: 'number' }
    : schemaOf(value, hints);
}
