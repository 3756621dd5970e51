/**
 * Returns whether `If-None-Match` names one of the entity tags, by the weak comparison of RFC 9110.
 */
export function matches(ifNoneMatch: string | undefined, ...etags: readonly string[]): boolean {
  if (ifNoneMatch === undefined) return false;
  const given = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return given.includes('*') || etags.some((etag) => given.includes(etag));
}
