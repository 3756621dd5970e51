/** An invalid value, with the reason as a predicate of the setting's name. Never holds a secret. */
export class InvalidValue {
  constructor(readonly reason: string) {}
}

export type Parsed = string | number | boolean | readonly string[] | InvalidValue;
export type Row = readonly [
  expects: string,
  unset: string,
  purpose: string,
  parse: (text: string) => Parsed,
  secret?: 'secret',
];

export function onOff(text: string): Parsed {
  return text === 'on' ? true : text === 'off' ? false : new InvalidValue('is invalid');
}

function within(least: number, most: number): (text: string) => Parsed {
  return (text) => {
    if (!/^-?\d+$/.test(text)) return new InvalidValue('is not a whole number');
    const number = Number(text);
    return number >= least && number <= most ? number : new InvalidValue('is out of range');
  };
}

/** Returns the row of a setting that is a whole number in a range. */
export const wholeNumber = (least: number, most: number, unset: number, purpose: string): Row => [
  `a whole number from ${least} to ${most}`,
  String(unset),
  purpose,
  within(least, most),
];

export interface Setting {
  readonly name: string;
  /** Accepted values, as text. */
  readonly expects: string;
  /** Effect when unset, as text. */
  readonly unset: string;
  readonly purpose: string;
  /** Secret values are never shown. */
  readonly secret: boolean;
  /** Returns the parsed value, or why the text is invalid. */
  readonly parse: (text: string) => unknown;
}
