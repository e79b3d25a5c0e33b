/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F04',
  title: "Holder's event loop blocked for 0.5 × ttl",
  lastsTtls: 0.5,
  expects: 'kept',
  strike: ({ holder, ttlMs }) => holder.order('block', { ms: 0.5 * ttlMs }),
};
