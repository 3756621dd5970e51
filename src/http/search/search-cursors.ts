import { createHmac, timingSafeEqual } from 'node:crypto';
import { CLOSENESSES } from '../../domain/search/query.js';
import type { PageEnd } from '../../read-models/search/event-search.js';
import { Problem } from '../problems/problems.js';

/** Where a page of a search ended, as text that only this shop can have made, and only for that search. */
export interface SearchCursors {
  /** @param search everything that was asked for but the page */
  make(end: PageEnd, search: object): string;
  /** @throws Problem `cursor-invalid` for one that was made up, changed, or given for another search */
  read(cursor: string, search: object): PageEnd;
}

/** Bytes of the signature that are kept. */
const SIGNATURE_BYTES = 16;

export function searchCursors(key: string): SearchCursors {
  const sign = (payload: string, search: object): Buffer =>
    createHmac('sha256', key)
      .update(`${payload}\n${canonical(search)}`)
      .digest()
      .subarray(0, SIGNATURE_BYTES);
  return {
    make: ({ closeness, key, startsAt, eventId }, search) => {
      const place = [
        CLOSENESSES.indexOf(closeness),
        startsAt,
        eventId,
        ...(key === undefined ? [] : [key]),
      ];
      const payload = Buffer.from(JSON.stringify(place)).toString('base64url');
      return `${payload}.${sign(payload, search).toString('base64url')}`;
    },
    read: (cursor, search) => {
      const [payload = '', signature = '', ...more] = cursor.split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(payload, search);
      if (more.length > 0 || given.length !== SIGNATURE_BYTES || !timingSafeEqual(given, expected))
        throw new Problem('cursor-invalid');
      const place = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[];
      const [closeness, startsAt, eventId, key] = place as [
        number,
        number,
        string,
        (number | string)?,
      ];
      return {
        closeness: CLOSENESSES[closeness]!,
        startsAt,
        eventId,
        ...(key !== undefined && { key }),
      };
    },
  };
}

/** The same for the same wishes, in whichever order they came. */
function canonical(search: object): string {
  return JSON.stringify(
    Object.entries(search)
      .filter(([, value]) => value !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}
