/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F06',
  title: "Holder's connection reset, new ones refused for 2 × ttl",
  lastsTtls: 2,
  expects: 'taken',
  strike: ({ holderProxy }) => holderProxy.refuse(),
  heal: ({ holderProxy }) => holderProxy.heal(),
};
