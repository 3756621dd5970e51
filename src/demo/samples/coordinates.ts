/** Degrees, WGS 84; north and east are positive. */
export interface Coordinates {
  readonly lat: number;
  readonly lon: number;
}

/** Degrees, then minutes and seconds if any, then the direction: `49°16'36"N`, `37.403°N`. */
const DEGREES = String.raw`(\d{1,3}(?:\.\d+)?)°`;
const SIXTIETHS = String.raw`(\d{1,2}(?:\.\d+)?)`;
const ANGLE = String.raw`${DEGREES}\s*(?:${SIXTIETHS}['′]\s*)?(?:${SIXTIETHS}["″]\s*)?`;
const NOTATION = new RegExp(String.raw`^${ANGLE}([NS])[\s,]+${ANGLE}([EW])$`, 'i');

/** Decimals kept of an angle: a few centimeters on the ground. */
const DECIMALS = 1e6;

/**
 * Reads `49°16'36"N 123°6'43"W` (minutes and seconds may be missing) and `37.403°N 121.970°W`.
 * @throws Error naming the text when it is neither
 */
export function parseCoordinates(text: string): Coordinates {
  const parts = NOTATION.exec(text.trim());
  if (!parts) throw notCoordinates(text);
  const lat = angleOf(parts.slice(1, 5), 'S');
  const lon = angleOf(parts.slice(5, 9), 'W');
  if (lat === undefined || lon === undefined || Math.abs(lat) > 90 || Math.abs(lon) > 180) {
    throw notCoordinates(text);
  }
  return { lat, lon };
}

function angleOf(
  [degrees, minutes = '0', seconds = '0', direction]: string[],
  negative: string,
): number | undefined {
  if (Number(minutes) >= 60 || Number(seconds) >= 60) return undefined;
  const angle = Number(degrees) + Number(minutes) / 60 + Number(seconds) / 3600;
  const rounded = Math.round(angle * DECIMALS) / DECIMALS;
  return direction?.toUpperCase() === negative ? -rounded : rounded;
}

function notCoordinates(text: string): Error {
  return new Error(
    `Cannot read the coordinates ${JSON.stringify(text)}: ` +
      'write them as 49°16\'36"N 123°6\'43"W or as 37.403°N 121.970°W.',
  );
}
