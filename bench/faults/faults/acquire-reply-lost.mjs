// The holder does not hold yet: Redis gives it the lock, and the connection is reset instead of telling it.

/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F10',
  title: 'Acquire executed, its reply lost and the connection reset',
  lastsTtls: 0,
  expects: 'taken',
  beforeGrant: true,
  strike: async ({ holder, holderProxy, key }) => {
    const lost = holderProxy.loseReplyTo(key);
    holder.order('run', { key });
    await lost;
  },
};
