/** @type {import('./fault.d.ts').Fault} */
export default {
  id: 'F01',
  title: 'Holder killed (SIGKILL)',
  lastsTtls: 0,
  expects: 'taken',
  strike: ({ holder }) => holder.signal('SIGKILL'),
};
