/* What a client makes of an answer: asker.ts, held-lease.ts, token-cleanup.ts. */

#define wants(c, m) (client[c].phase == asking && client[c].token == m.token)

inline forget(c) {
  client[c].phase = 0;
  client[c].token = 0;
  client[c].left = 0;
  client[c].grant = 0;
  client[c].hope = 0;
  client[c].seen = 0;
  /* What was sent for it has no age any more: time.pml. */
  client[c].sent[0].age = 0;
  client[c].sent[1].age = 0
}

/* Given back, given up, or lost and tidied up: one release behind everything, which may be lost, too. */
inline leave(c) {
  if
  :: free_slot(c) -> send(c, release, client[c].token, 0)
  :: else
  fi;
  forget(c)
}

/* Nobody here wants it any more: its own token gives it back. */
inline give_back(m) {
  m.what = release;
  m.age = 0;
  m.grant = 0;
  m.acked = 0
}

inline hold(c, which) {
  client[c].phase = holding;
  client[c].grant = which;
  client[c].hope = 0;
  client[c].seen = 0
}

inline on_granted(c, m) {
  if
  :: wants(c, m) && validity(TTL, m.age) > 0 ->
     client[c].left = validity(TTL, m.age);
     hold(c, m.grant);
     drop(m);
     check_exclusion(c);
     if
     :: c == 0 -> mark("the first client holds")
     :: else -> mark("the second client holds")
     fi
  /* It took longer than the lease lasts. */
  :: wants(c, m) && validity(TTL, m.age) == 0 ->
     drop(m);
     leave(c);
     mark("a grant comes too late to be used")
  :: client[c].token != m.token ->
     give_back(m);
     mark("a grant is given back that nobody wants any more")
  /* It holds by another answer. */
  :: client[c].phase == holding && client[c].token == m.token -> drop(m)
  fi
}

/* Never shortens, and never brings back what is over. */
inline on_renewed(c, m) {
  if
  :: believes(c) && client[c].token == m.token && validity(TTL, m.age) > client[c].left ->
#if TTL > 1
     mark("a renewal makes a lease last");
#endif
     client[c].left = validity(TTL, m.age);
     drop(m);
     check_exclusion(c)
  :: else -> drop(m)
  fi
}
