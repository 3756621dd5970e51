import { SETTINGS } from './settings.js';

const PREFIX = 'BOXOFFICE_';
/** npm takes `npm start --port 80` as a setting of its own and does not pass the option on. */
const NPM_PREFIX = 'npm_config_';
/**
 * Edit distance up to which a name counts as misspelled; short names resemble each other too much.
 */
const maxDistance = (name: string): number => (name.length >= 8 ? 2 : name.length >= 6 ? 1 : 0);

/** Returns a warning for each variable name that resembles a setting. */
export function misspelledNames(names: readonly string[]): string[] {
  const known = SETTINGS.map((setting) => setting.name);
  return names.flatMap((name) => {
    if (known.includes(name)) return [];
    if (name.startsWith(NPM_PREFIX)) {
      const option = name.slice(NPM_PREFIX.length);
      const setting = option.toUpperCase();
      if (!known.includes(setting)) return [];
      return [`--${option} is not read: write ${setting}=… before the command.`];
    }
    const bare = name.toUpperCase().replace(PREFIX, '');
    const meant = known.find((setting) => distance(bare, setting) <= maxDistance(setting));
    if (meant !== undefined) return [`${name} is not read: did you mean ${meant}?`];
    return name.startsWith(PREFIX) ? [`${name} is not read: there is no such setting.`] : [];
  });
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
