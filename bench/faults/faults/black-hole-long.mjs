/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F05',
  title: 'Nothing passes between holder and Redis for 2.5 × ttl, nobody is told',
  lastsTtls: 2.5,
  expects: 'taken',
  strike: ({ holderProxy }) => holderProxy.silence(),
  heal: ({ holderProxy }) => holderProxy.heal(),
};
