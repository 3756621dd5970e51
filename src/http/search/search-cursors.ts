import { createHmac, timingSafeEqual } from 'node:crypto';
import { CLOSENESSES } from '../../domain/search/query.js';
import type { PageEnd } from '../../read-models/search/event-search.js';
import { Problem } from '../problems/problems.js';

/**
 * Signed cursors of a search: a cursor says where a page ended and is valid only for the same
 * search.
 */
export interface SearchCursors {
  /** @param search all parameters of the search but the page */
  make(end: PageEnd, search: object): string;
  /**
   * @throws Problem `cursor-invalid` for a cursor that was forged, altered, or issued for another
   * search
   */
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
      const end = [
        CLOSENESSES.indexOf(closeness),
        startsAt,
        eventId,
        ...(key === undefined ? [] : [key]),
      ];
      const payload = Buffer.from(JSON.stringify(end)).toString('base64url');
      return `${payload}.${sign(payload, search).toString('base64url')}`;
    },
    read: (cursor, search) => {
      const [payload = '', signature = '', ...more] = cursor.split('.');
      const given = Buffer.from(signature, 'base64url');
      const expected = sign(payload, search);
      if (more.length > 0 || given.length !== SIGNATURE_BYTES || !timingSafeEqual(given, expected))
        throw new Problem('cursor-invalid');
      const end = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[];
      const [closeness, startsAt, eventId, key] = end as [
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

/** Returns the same text for the same parameters in any order. */
function canonical(search: object): string {
  return JSON.stringify(
    Object.entries(search)
      .filter(([, value]) => value !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}
