/* Messages come and go. */

inline fill(m, kind, whose, which) {
  m.what = kind;
  m.token = whose;
  m.grant = which
}

/* Begins its way in the first slot that is free. */
inline send(c, kind, whose, which) {
  if
  :: client[c].sent[0].what == 0 -> fill(client[c].sent[0], kind, whose, which)
  :: else -> fill(client[c].sent[1], kind, whose, which)
  fi
}

inline drop(m) {
  m.what = 0;
  m.token = 0;
  m.age = 0;
  m.grant = 0;
  m.acked = 0
}

/*
 * Which slot a message is in makes no difference where a client has two: states that differ in nothing else are one, and
 * are looked at once.
 */
#if SLOTS > 2

#define rank(m) ((((m.what * 8 + m.token) * 4 + m.age) * 8 + m.grant) * 2 + m.acked)

hidden Message spare;

inline copy_message(to, from) {
  to.what = from.what;
  to.token = from.token;
  to.age = from.age;
  to.grant = from.grant;
  to.acked = from.acked
}

inline in_order(c) {
  if
  :: SLOTS > c + 2 && rank(client[c].sent[0]) < rank(client[c].sent[1]) ->
     copy_message(spare, client[c].sent[0]);
     copy_message(client[c].sent[0], client[c].sent[1]);
     copy_message(client[c].sent[1], spare)
  :: else
  fi
}

#else

#define in_order(c) skip

#endif
