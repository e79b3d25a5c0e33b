/** @type {import('./fault.d.ts').Fault} */
export default {
  id: 'F03',
  title: "Holder's event loop blocked for 2 × ttl",
  lastsTtls: 2,
  expects: 'taken',
  strike: ({ holder, ttlMs }) => holder.order('block', { ms: 2 * ttlMs }),
};
