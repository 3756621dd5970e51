/** Whether `If-None-Match` names the entity tag, by the weak comparison that RFC 9110 asks for. */
export function matches(ifNoneMatch: string | undefined, ...etags: readonly string[]): boolean {
  if (ifNoneMatch === undefined) return false;
  const given = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return given.includes('*') || etags.some((etag) => given.includes(etag));
}
