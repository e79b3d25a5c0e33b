/*
 * What a client does of its own accord: lease-acquirer.ts, asker.ts, lease-keeper.ts, releases.ts. It may do each of it
 * whenever that is allowed, so every schedule of polls, retries and renewals is among the runs.
 */

#define next_token(c) (ACQUISITIONS * c + client[c].acquisitions) /* token-source.ts: never the same again */

proctype Client(byte c) {
end:
  do
  :: d_step {
       client[c].phase == 0 && client[c].acquisitions < ACQUISITIONS && free_slot(c) ->
       client[c].acquisitions++;
       client[c].phase = asking;
       client[c].token = next_token(c);
       send(c, acquire, client[c].token, 0);
       in_order(c)
     }
  /* No answer yet, or a poll: the same token asks again. */
  :: d_step { client[c].phase == asking && free_slot(c) -> send(c, acquire, client[c].token, 0); in_order(c) }
  :: d_step { believes(c) && free_slot(c) -> send(c, renew, client[c].token, 0); in_order(c) }
  :: d_step { client[c].phase != 0 -> leave(c); in_order(c) }
#ifdef ASK_WRITES
  /* assertHeld() and, any time later, the write. */
  :: d_step { believes(c) && client[c].writing == 0 -> client[c].writing = client[c].grant }
  :: atomic { client[c].writing != 0 -> write(c) }
#endif
  od
}
