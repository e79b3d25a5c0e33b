/** @type {import('./fault.d.ts').Fault} */
export default {
  id: 'F02',
  title: 'Holder frozen for 2 × ttl (SIGSTOP, SIGCONT)',
  lastsTtls: 2,
  expects: 'taken',
  strike: ({ holder }) => holder.signal('SIGSTOP'),
  heal: ({ holder }) => holder.signal('SIGCONT'),
};
