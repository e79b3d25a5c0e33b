/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F03',
  title: "Holder's event loop blocked for 2 × ttl",
  lastsTtls: 2,
  expects: 'taken',
  stopsHolder: true,
  strike: ({ holder, ttlMs }) => holder.order('block', { ms: 2 * ttlMs }),
  heal: ({ holder, ttlMs }) => holder.until(() => holder.first('unblocked') !== undefined, ttlMs),
};
