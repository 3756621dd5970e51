/** Why a value is refused, to be read after the name of its variable. Never holds a secret. */
export class Refusal {
  constructor(readonly reason: string) {}
}

export type Parsed = string | number | boolean | readonly string[] | Refusal;
export type Row = readonly [
  expects: string,
  unset: string,
  purpose: string,
  parse: (text: string) => Parsed,
  secret?: 'secret',
];

export function onOff(text: string): Parsed {
  return text === 'on' ? true : text === 'off' ? false : new Refusal('is neither');
}

export function within(least: number, most: number): (text: string) => Parsed {
  return (text) => {
    if (!/^-?\d+$/.test(text)) return new Refusal('is not a whole number');
    const number = Number(text);
    return number >= least && number <= most ? number : new Refusal('is out of range');
  };
}
