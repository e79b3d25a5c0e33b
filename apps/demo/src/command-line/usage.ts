export const USAGE = `Usage: npm run demo -- [options]

A small shop back office in several replicas. Cron jobs guarded by @WithLock invoice orders, expire carts and import
a file, and @ClusterCron closes the books, while replicas are killed. At the end the ledger is audited.

  --replicas N     how many replicas: 1 to 12 (3)
  --for TIME       how long orders arrive: 2s to 1h (30s)
  --kill-one       SIGKILL to the replica that holds the lock of invoicing, mid-run, then restart it
  --kill-closer    SIGKILL to the replica that closes the books, between two pages, then restart it
                   (both are the default, unless one of these, --freeze-one or --calm is given)
  --freeze-one     SIGSTOP to a holder between its check and its write, until another one took over; then SIGCONT
  --calm           kill and freeze nobody
  --skew TIME      clocks of replicas are wrong, from TIME behind to TIME ahead: 1m at most (0s)
  --unguarded      locks off, and each replica runs each tick by its own clock: shows what happens without them
  --embedded       all replicas in this one process, without Redis
  --json           the live view goes to stderr, the last line of stdout is one JSON object
  --ledger FILE    copies the ledger to FILE as NDJSON, so that you can count again
  -h, --help       this text

Redis: REDIS_URL if it is set, else a private redis-server from PATH, else --embedded.
Exit code: 0 the books are in order; 1 the audit found a double or a loss, or the demo broke; 2 a bad option.
`;
