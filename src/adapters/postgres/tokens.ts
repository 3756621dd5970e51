import type pg from 'pg';
import { token } from '../../ports/shared/token.js';

export interface Database {
  /** Secret: it may hold a password. */
  readonly url: string;
}

/** Up to date: every table is there. */
export const DATABASE = token<Database>('Database');
/** The connections on which queries run. */
export const POOL = token<pg.Pool>('Pool');
/** One connection, without a time limit, for a process that only reads. */
export const DATABASE_CLIENT = token<pg.Client>('DatabaseClient');
/** Runs a query on any connection. */
export const SQL = token<Pick<pg.Pool, 'query'>>('Sql');
