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
