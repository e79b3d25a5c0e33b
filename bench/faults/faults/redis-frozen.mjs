/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F23',
  title: 'Redis frozen for 1.5 × ttl (SIGSTOP, SIGCONT)',
  lastsTtls: 1.5,
  expects: 'taken',
  strike: ({ redis }) => redis.child.kill('SIGSTOP'),
  heal: ({ redis }) => redis.child.kill('SIGCONT'),
};
