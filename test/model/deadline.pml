/* How long an answer may be believed in: deadline.ts. */

/* Less what two clocks may drift apart: a tick in a ttl. */
#if defined(SLOW_CLOCK) && !defined(WITHOUT_DRIFT_MARGIN)
#define VALID(lasts) (lasts - 1)
#else
#define VALID(lasts) (lasts)
#endif

/* From before the request was sent (P1.3). */
#ifdef WITHOUT_SEND_TIME
#define validity(lasts, since) VALID(lasts)
#else
#define validity(lasts, since) (since < VALID(lasts) -> VALID(lasts) - since : 0)
#endif
