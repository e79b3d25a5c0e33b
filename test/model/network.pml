/* A courier carries one message to the server and its answer back, in any time and order; or loses it on the way. */

#define cargo client[c].sent[s]

proctype Courier(byte c; bit s) {
end:
  do
  :: atomic {
       cargo.what != 0 ->
       if
       :: cargo.what == acquire -> on_acquire(c, cargo)
       :: cargo.what == renew -> on_renew(cargo)
       :: cargo.what == release -> on_release(c, cargo)
       :: cargo.what == granted && counts(cargo) -> on_granted(c, cargo)
       :: cargo.what == renewed && counts(cargo) -> on_renewed(c, cargo)
#ifdef PUSHES
       :: cargo.what == queued -> on_queued(c, cargo)
       :: cargo.what == push -> on_push(c, cargo)
#endif
       :: true -> drop(cargo)
       fi;
       in_order(c)
     }
  od
}
