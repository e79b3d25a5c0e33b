/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F07',
  title: 'Nothing passes between holder and Redis for 0.5 × ttl, nobody is told',
  lastsTtls: 0.5,
  expects: 'kept',
  strike: ({ holderProxy }) => holderProxy.silence(),
  heal: ({ holderProxy }) => holderProxy.heal(),
};
