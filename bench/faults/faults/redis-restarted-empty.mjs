/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F17',
  title: 'Redis killed and started again, empty',
  lastsTtls: 0,
  expects: 'taken',
  strike: async ({ redis }) => {
    await redis.kill();
    await redis.start();
  },
};
