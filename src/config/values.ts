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

export function within(least: number, most: number): (text: string) => Parsed {
  return (text) => {
    if (!/^-?\d+$/.test(text)) return new InvalidValue('is not a whole number');
    const number = Number(text);
    return number >= least && number <= most ? number : new InvalidValue('is out of range');
  };
}
