/*
 * A replica that lags by any time, and one failover to it. The old primary is dead from then on: requests that did not
 * reach it are lost with their connections, answers that it sent may still arrive.
 */

inline copy(to, from) {
  to.token = from.token;
  to.left = from.left;
  to.grant = from.grant;
  to.counter = from.counter
}

inline acknowledge(m) { m.acked = (asks_for_acknowledgement && (m.what == granted || m.what == renewed)) }

inline lose(m) {
  if
  :: m.what != 0 && !survives(m) -> drop(m)
  :: else
  fi
}

inline fail_over() {
  failed_over = 1;
  clock_of_another_server();
  copy(primary, replica);
  lose(client[0].sent[0]);
  lose(client[0].sent[1]);
  lose(client[1].sent[0]);
  lose(client[1].sent[1])
}

inline acknowledge_all() {
  acknowledge(client[0].sent[0]);
  acknowledge(client[0].sent[1]);
  acknowledge(client[1].sent[0]);
  acknowledge(client[1].sent[1])
}

/* There is no second failover, so what the replica of the new primary has does not matter; but it does acknowledge. */
proctype Replication() {
end:
  do
  :: d_step { !failed_over -> copy(replica, primary); acknowledge_all() }
  :: d_step { failed_over -> acknowledge_all() }
  :: atomic {
       !failed_over ->
       if
       :: primary.left > 0 && primary.token != replica.token -> mark("a failover forgets a grant")
       :: else
       fi;
       d_step { fail_over(); replica.token = 0; replica.left = 0; replica.grant = 0; replica.counter = 0 }
     }
  od
}
