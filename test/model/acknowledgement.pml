/* What a client believes of an answer when replicas have to have it, too (P7). */

#ifdef REPLICAS

#define asks_for_acknowledgement true

/* For a grant and for a renewal alike. */
#ifdef WITHOUT_WAIT_ON_RENEWAL
#define counts(m) (m.acked || m.what == renewed)
#else
#define counts(m) m.acked
#endif

/* A WAIT that was under way at the failover is not sent again on the new connection, whose server knows nothing of it. */
#ifdef WITHOUT_EPOCH
#define survives(m) (!is_request(m))
#else
#define survives(m) (!is_request(m) && m.acked)
#endif

#else

#define asks_for_acknowledgement false
#define counts(m) true
#define survives(m) (!is_request(m))

#endif
