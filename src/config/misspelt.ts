import { SETTINGS } from './settings.js';

const PREFIX = 'BOXOFFICE_';
/** `npm start --port 80` is understood by npm as a setting of its own, and goes no further. */
const OF_NPM = 'npm_config_';
/** Letters by which a name may differ and still be taken for a misspelt one; short names are too much alike. */
const slips = (name: string): number => (name.length >= 8 ? 2 : name.length >= 6 ? 1 : 0);

/** A line for each name that looks like a misspelt one of ours. */
export function misspelt(names: readonly string[]): string[] {
  const ours = SETTINGS.map((setting) => setting.name);
  return names.flatMap((name) => {
    if (ours.includes(name)) return [];
    if (name.startsWith(OF_NPM)) {
      const option = name.slice(OF_NPM.length);
      const setting = option.toUpperCase();
      if (!ours.includes(setting)) return [];
      return [`--${option} is not read: say ${setting}=… before the command.`];
    }
    const bare = name.toUpperCase().replace(PREFIX, '');
    const meant = ours.find((known) => distance(bare, known) <= slips(known));
    if (meant !== undefined) return [`${name} is not read: did you mean ${meant}?`];
    return name.startsWith(PREFIX) ? [`${name} is not read: there is no such setting.`] : [];
  });
}

/** Letters to insert, remove or exchange to make `b` of `a`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
