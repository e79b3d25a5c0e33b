/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F19',
  title: 'All keys deleted (FLUSHALL)',
  lastsTtls: 0,
  expects: 'taken',
  strike: ({ admin }) => admin.flushall(),
};
