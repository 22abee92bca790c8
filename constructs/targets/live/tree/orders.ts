// The order of members that several samples have, each some of them.
import { identified } from './identity';
import type { Container } from './model';
import { isConstant } from './skeleton';

/** One order that all orders agree with, as far as they do. */
export function merged(orders: readonly (readonly string[])[]): string[] {
  const after = new Map<string, Set<string>>();
  const seen = new Set<string>();
  const distinct = new Map(orders.map((order) => [order.join('\u0001'), order]));
  for (const order of distinct.values())
    order.forEach((id, index) => {
      seen.add(id);
      const next = order[index + 1];
      if (next === undefined) return;
      const set = after.get(id) ?? new Set();
      set.add(next);
      after.set(id, set);
    });
  const waiting = new Map([...seen].map((id) => [id, 0]));
  for (const set of after.values()) for (const id of set) waiting.set(id, (waiting.get(id) ?? 0) + 1);
  const out = new Set<string>();
  const open = [...seen].filter((id) => !waiting.get(id));
  while (out.size < seen.size) {
    const id = open.shift() ?? [...seen].find((one) => !out.has(one));
    if (id === undefined) break;
    if (out.has(id)) continue;
    out.add(id);
    for (const next of after.get(id) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (!left) open.unshift(next);
    }
  }
  return [...out];
}

/** Whether lists that are the same always, each by itself, have their items in an order that all of them agree with. */
export function isOneOrder(all: readonly Container[]): boolean {
  if (!all.every((one) => one.t === 'list' && isConstant(one))) return true;
  const orders = [...new Set(all)].map((one) => identified(one).map(({ id }) => id));
  const places = new Map(merged(orders).map((id, place) => [id, place]));
  return orders.every((ids) => ids.every((id, at) => at === 0 || (places.get(ids[at - 1] ?? '') ?? 0) < (places.get(id) ?? 0)));
}
