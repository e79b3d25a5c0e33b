/*
 * The lease protocol, for Spin: two clients want one lock, each twice.
 *
 * Time is a countdown: nothing knows what time it is, only how long something lasts or how long ago it was sent, so runs
 * have no end and all of them are looked at. Whoever may do something may also wait: that is a pause, of any length.
 * Messages arrive in any order, late or never. What can only end a belief (a refusal, "lost", an abort) is a free choice.
 * -D names what may happen (FAILOVER, REPLICAS, PUSHES, SLOW_CLOCK), what is asked (ASK_...) and the rule that is taken
 * away (WITHOUT_...); rows.mjs has the list.
 */
#include "state.pml"
#include "questions.pml"
#include "messages.pml"
#include "line.pml"
#include "fence.pml"
#include "server.pml"
#include "deadline.pml"
#include "answers.pml"
#include "client.pml"
#ifdef PUSHES
#include "hand-off.pml"
#include "pushes.pml"
#endif
#include "acknowledgement.pml"
#ifdef FAILOVER
#include "replica.pml"
#endif
#include "network.pml"
#include "time.pml"

init {
  atomic {
    run Time();
    run Client(0);
    run Courier(0, 0);
#if SLOTS > 2
    run Courier(0, 1);
#endif
    run Client(1);
    run Courier(1, 0);
#if SLOTS > 3
    run Courier(1, 1);
#endif
#ifdef PUSHES
    run HandOff(0);
#endif
#ifdef FAILOVER
    run Replication();
#endif
  }
}
