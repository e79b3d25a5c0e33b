/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F01',
  title: 'Holder killed (SIGKILL)',
  lastsTtls: 0,
  expects: 'taken',
  endsHolder: true,
  strike: ({ holder }) => holder.signal('SIGKILL'),
};
