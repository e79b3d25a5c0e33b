/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F02',
  title: 'Holder frozen for 2 × ttl (SIGSTOP, SIGCONT)',
  lastsTtls: 2,
  expects: 'taken',
  stopsHolder: true,
  strike: ({ holder }) => holder.signal('SIGSTOP'),
  heal: ({ holder }) => holder.signal('SIGCONT'),
};
