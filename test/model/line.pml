/*
 * Who waits: lua/lib/queue.lua. One token of each client. The real line is fairer: here whoever asks may find the lock
 * free before those who wait do, and the head may be left out for good, as if it were dead. More can happen, so what
 * cannot happen here cannot happen there.
 */
#ifdef PUSHES

byte in_line[2];

/* Answers with the last grant, for a push about a later one was made after this answer (P3). */
inline join_line(c, m) {
  if
  :: c == 0 ->
     in_line[c] = m.token;
     m.what = queued;
     m.grant = grants
  :: else -> drop(m)
  fi
}

inline leave_line(c, whose) {
  if
  :: in_line[c] == whose -> in_line[c] = 0
  :: else
  fi
}

#else

#define join_line(c, m) drop(m)
#define leave_line(c, whose) skip

#endif
