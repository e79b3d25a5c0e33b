/** @type {import('./fault.d.ts').Fault} */
export default {
  id: 'F19',
  title: 'All keys deleted (FLUSHALL)',
  lastsTtls: 0,
  expects: 'taken',
  strike: ({ admin }) => admin.flushall(),
};
