/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F08',
  title: "Holder's requests arrive, replies do not, for 2.5 × ttl",
  lastsTtls: 2.5,
  expects: 'taken',
  strike: ({ holderProxy }) => holderProxy.silenceReplies(),
  heal: ({ holderProxy }) => holderProxy.heal(),
};
