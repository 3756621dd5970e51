import type { Client } from '@opensearch-project/opensearch';
import type { IndexSet, SearchIndex } from '../../ports/search/search-index.js';
import { asUnavailable, orUnavailable, typeOf, unlessMissing } from './opensearch-errors.js';
import { indexBody } from './opensearch-index.js';

/** Segments to which a filled index is merged. */
const SEGMENTS = 4;
const SET = /^[a-z0-9_]{1,20}$/;

/** The indices of the sets, and the alias for the set that searches use. */
export interface IndexSets extends Pick<
  SearchIndex,
  'prepare' | 'serving' | 'serve' | 'sets' | 'remove'
> {
  /** @throws Error when this is not the name of a set */
  indexOf(set: IndexSet): string;
}

export function openIndexSets(client: Client, alias: string): IndexSets {
  const indexOf = (set: IndexSet): string => {
    if (!SET.test(set)) throw new Error(`${JSON.stringify(set)} is not the name of an index.`);
    return `${alias}-${set}`;
  };
  const setOf = (index: string): IndexSet => index.slice(alias.length + 1);
  return {
    indexOf,
    prepare: async (set) => {
      const index = indexOf(set);
      const known = await idOf(client, index);
      if (known !== undefined) return known;
      try {
        await client.indices.create({ index, body: indexBody as never });
      } catch (error) {
        // Another node may have created it first.
        if (typeOf(error) !== 'resource_already_exists_exception') throw asUnavailable(error);
      }
      return (await idOf(client, index))!;
    },
    serving: async () => {
      const found = await unlessMissing(client.indices.getAlias({ name: alias }));
      const [index] = Object.keys(found?.body ?? {});
      return index === undefined ? undefined : setOf(index);
    },
    serve: async (set) => {
      const actions = [
        { remove: { index: `${alias}-*`, alias, must_exist: false } },
        { add: { index: indexOf(set), alias } },
      ];
      await orUnavailable(client.indices.updateAliases({ body: { actions } }));
      // A newly filled index has many segments, which slow down every search. Merging is slow and
      // may fail.
      await client.indices
        .forcemerge({ index: indexOf(set), max_num_segments: SEGMENTS, wait_for_completion: false })
        .catch(() => {});
    },
    sets: async () => {
      const { body } = await orUnavailable(
        client.indices.get({ index: `${alias}-*`, allow_no_indices: true }),
      );
      return Object.keys(body)
        .map(setOf)
        .filter((set) => SET.test(set));
    },
    remove: async (set) => {
      await unlessMissing(client.indices.delete({ index: indexOf(set) }));
    },
  };
}

async function idOf(client: Client, index: string): Promise<string | undefined> {
  const found = await unlessMissing(client.indices.getSettings({ index }));
  const settings = found?.body[index] as { settings?: { index?: { uuid?: string } } } | undefined;
  return settings?.settings?.index?.uuid;
}
