/* What the scripts do, each in one step. */

/* What is compared. A client knows its own attempts apart in any case. */
#ifdef WITHOUT_TOKEN_OF_ITS_OWN
#define proof(token) ((token + ACQUISITIONS - 1) / ACQUISITIONS)
#else
#define proof(token) token
#endif

#define is_holder(m) (primary.left > 0 && primary.token == proof(m.token))

inline take(whose, lasts) {
  issue_fence();
  primary.token = proof(whose);
  primary.left = lasts
}

inline let_go() {
  primary.token = 0;
  primary.left = 0;
  primary.grant = 0
}

inline answer_granted(m) {
  m.what = granted;
  m.grant = primary.grant
}

inline mark_taking(c) {
#ifdef FAILOVER
  if
  :: failed_over -> mark("the server that took over grants")
  :: else
  fi;
#endif
  if
  :: client[1 - c].phase == holding -> mark("a lock is taken whose holder has not noticed its loss")
  :: else
  fi
}

/* lua/lease/batch.lua, acquire; lua/lib/ask.lua. */
inline on_acquire(c, m) {
  if
  :: primary.left == 0 && may_grant ->
     mark_taking(c);
     take(m.token, TTL);
     leave_line(c, m.token);
     answer_granted(m)
  :: is_holder(m) ->
#ifndef WITHOUT_ARMING_AGAIN
     primary.left = TTL; /* P1.3 */
#endif
     answer_granted(m)
  :: primary.left > 0 && !is_holder(m) -> join_line(c, m)
  /* More grants than are looked at. */
  :: primary.left == 0 && !may_grant -> drop(m)
  fi
}

/* lua/lease/renew.lua: never sets (P5.1). */
inline on_renew(m) {
  if
#ifndef WITHOUT_COMPARING_RENEWAL
  :: !is_holder(m) -> drop(m)
#endif
  :: else ->
     primary.token = proof(m.token);
     primary.left = TTL;
     m.what = renewed
  fi
}

/* lua/lease/batch.lua, release. */
inline on_release(c, m) {
  if
#ifndef WITHOUT_COMPARING_RELEASE
  :: !is_holder(m) -> leave_line(c, m.token)
#endif
  :: else -> let_go()
  fi;
  drop(m)
}
