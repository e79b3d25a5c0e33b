export const USAGE = `Usage: npm run demo -- [options]

A small shop back office in several replicas. Cron jobs guarded by @WithLock invoice orders, close the books,
expire carts and import a file, while one replica is killed. At the end the ledger is audited.

  --replicas N     how many replicas: 1 to 12 (3)
  --for TIME       how long orders arrive: 2s to 1h (30s)
  --kill-one       SIGKILL to the replica that holds a lock, mid-run, then restart it
                   (the default, unless --freeze-one or --calm is given)
  --freeze-one     SIGSTOP to a holder between its check and its write, until another one took over; then SIGCONT
  --calm           kill and freeze nobody
  --unguarded      locks off, everything else as it is: shows what happens without them
  --embedded       all replicas in this one process, without Redis
  --json           the live view goes to stderr, the last line of stdout is one JSON object
  --ledger FILE    copies the ledger to FILE as NDJSON, so that you can count again
  -h, --help       this text

Redis: REDIS_URL if it is set, else a private redis-server from PATH, else --embedded.
Exit code: 0 the books are in order; 1 the audit found a double or a loss, or the demo broke; 2 a bad option.
`;
