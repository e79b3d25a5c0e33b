/* A tick: whatever lasts is shorter by one, and whatever was sent is older by one. */

#define one_less(n) (n > 0 -> n - 1 : 0)

/* What nobody here wants any more has none: nothing is asked of it. */
#define has_age(c, m) (m.token == client[c].token && m.what != 0 && m.what != release && m.what != push && m.age < TTL)

inline age_client(c) {
  client[c].left = one_less(client[c].left);
  /* Nothing is begun in the name of a lease that ran out. */
  client[c].grant = (client[c].left > 0 -> client[c].grant : 0);
  client[c].hope = one_less(client[c].hope);
  client[c].sent[0].age = client[c].sent[0].age + has_age(c, client[c].sent[0]);
  client[c].sent[1].age = client[c].sent[1].age + has_age(c, client[c].sent[1])
}

inline age_server(srv) {
  srv.left = one_less(srv.left);
  if
  :: srv.left == 0 ->
     srv.token = 0;
     srv.grant = 0
  :: else
  fi
}

inline age_servers() {
#ifdef FAILOVER
  age_server(replica);
#endif
  age_server(primary);
  clock_ticks()
}

proctype Time() {
#ifdef SLOW_CLOCK
  byte since = TTL; /* the tick that the first client's clock missed: it does so once in a ttl */
#endif
end:
  do
#ifdef SLOW_CLOCK
  :: d_step { age_servers(); age_client(0); age_client(1); since = (since < TTL -> since + 1 : since) }
  :: atomic {
       since == TTL ->
       if
       :: believes(0) -> mark("a clock misses a tick while its client believes")
       :: else
       fi;
       d_step { age_servers(); age_client(1); since = 1 }
     }
#else
  :: d_step { age_servers(); age_client(0); age_client(1) }
#endif
  od
}
