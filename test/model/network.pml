/* A courier carries one message to the server and its answer back, in any time and order; or loses it on the way. */

#define cargo client[c].sent[s]

proctype Courier(byte c; bit s) {
end:
  do
  :: atomic { cargo.what == acquire -> on_acquire(c, cargo) }
  :: atomic { cargo.what == renew -> on_renew(cargo) }
  :: atomic { cargo.what == release -> on_release(c, cargo) }
  :: atomic { cargo.what == granted && counts(cargo) -> on_granted(c, cargo) }
  :: atomic { cargo.what == renewed && counts(cargo) -> on_renewed(c, cargo) }
#ifdef PUSHES
  :: atomic { cargo.what == queued -> on_queued(c, cargo) }
  :: atomic { cargo.what == push -> on_push(c, cargo) }
#endif
  :: d_step { cargo.what != 0 -> drop(cargo) }
  od
}
