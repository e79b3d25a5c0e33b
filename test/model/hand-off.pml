/* lua/lib/hand_off.lua: who waits is given a free lock for a short time, and told by a push, which may be lost. */

proctype HandOff(byte c) {
end:
  do
  :: d_step {
       primary.left == 0 && in_line[c] != 0 && may_grant ->
       take(in_line[c], GRANT_TTL);
       if
       :: free_slot(c) -> send(c, push, in_line[c], primary.grant)
       :: else
       fi;
       in_line[c] = 0
     }
  od
}
