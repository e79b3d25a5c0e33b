// The holder's work is over when it wakes up, so that all that is left to do is to give back a lock that is another's.

/** @type {import('./fault.d.ts').Contested} */
export default {
  id: 'F14',
  title: 'Holder frozen until somebody else holds; then it releases',
  lastsTtls: 0,
  expects: 'taken',
  stopsHolder: true,
  strike: ({ holder }) => {
    holder.signal('SIGSTOP');
    holder.order('finish', {});
  },
  heal: async ({ key, holder, contender, ttlMs }) => {
    await contender.until(() => contender.first('granted', key) !== undefined, 4 * ttlMs);
    holder.signal('SIGCONT');
  },
  look: async ({ key, holder, contender, admin, lockKey, ttlMs }) => {
    await holder.until(() => holder.first('settled', key) !== undefined || holder.ended !== undefined, ttlMs);
    const leftMs = await admin.pttl(lockKey);
    const isOver = contender.first('told', key) !== undefined || contender.first('left', key) !== undefined;
    return { othersLock: isOver ? 'not seen' : leftMs > 0 ? 'untouched' : 'deleted' };
  },
};
