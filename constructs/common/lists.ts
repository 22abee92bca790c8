// Lists of the values, as the templates walk them.

/** A copy of a list; null, nothing and an empty map count as an empty list. */
export const listOf = <T>(list: readonly T[] | null | undefined): T[] => (Array.isArray(list) ? [...(list as readonly T[])] : []);
