/* What a waiter makes of "queued" and of a push: asker.ts, pushed-grant.ts (P3). */

#ifdef WITHOUT_POLL_AS_START
#define push_validity(c) VALID(GRANT_TTL)
#else
#define push_validity(c) client[c].hope
#endif

#ifdef WITHOUT_COMPARING_PUSH
#define is_newer(c, m) true
#else
#define is_newer(c, m) (m.grant > client[c].seen)
#endif

#ifdef WITHOUT_PROMPT_USE
#define may_use(c, m) false
#else
#define may_use(c, m) (is_newer(c, m) && push_validity(c) > 0)
#endif

inline on_queued(c, m) {
  if
  :: wants(c, m) ->
     client[c].hope = validity(GRANT_TTL, m.age);
     client[c].seen = m.grant
  :: else
  fi;
  drop(m)
}

/* One that may not be used is a wake-up: the same token asks again, which it may do at any time. */
inline on_push(c, m) {
  if
  :: wants(c, m) && may_use(c, m) ->
     client[c].left = push_validity(c);
     hold(c, m.grant);
     drop(m);
     check_exclusion(c);
#ifndef WITHOUT_PROMPT_USE
     mark("a pushed grant is used")
#endif
  :: client[c].token == m.token && !(wants(c, m) && may_use(c, m)) ->
     drop(m);
     mark("a push is no more than a wake-up")
  :: client[c].token != m.token ->
     give_back(m);
     mark("a pushed grant is given back that nobody wants any more")
  fi
}
