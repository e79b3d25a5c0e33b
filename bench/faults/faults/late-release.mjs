// Frozen like F02, but the work is over when it wakes up, so that all that is left is to give the lock back.

/** @type {import('./fault.d.ts').Fault} */
export default {
  id: 'F14',
  title: 'Holder frozen for 2 × ttl; it releases while somebody else holds',
  lastsTtls: 2,
  expects: 'taken',
  strike: ({ holder }) => {
    holder.signal('SIGSTOP');
    holder.order('finish');
  },
  heal: ({ holder }) => holder.signal('SIGCONT'),
  look: async ({ key, holder, contender, admin, lockKey, ttlMs }) => {
    await holder.until(() => holder.first('settled', key) !== undefined || holder.ended !== undefined, ttlMs);
    const leftMs = await admin.pttl(lockKey);
    return { othersLock: leftMs > 0 && contender.first('told', key) === undefined ? 'untouched' : 'gone' };
  },
};
