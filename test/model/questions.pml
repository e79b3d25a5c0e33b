/*
 * What is asked. The name of an assertion is what the search reports when it does not hold. A mark is a place where a
 * complete search has to have been: "it holds" means nothing in a world where nothing happens.
 */
#define mark(what) printf(what)

#ifdef ASK_EXCLUSION
bit two_believe;
#endif

/* A resource that is written to. A write is stale when one in the name of a later grant came before it. */
#ifdef ASK_WRITES
bit stale_write;
byte last_write;
#endif

#ifdef ASK_FENCES
bit fence_not_higher;
#endif

/* Where nothing depends on it, grants are not numbered: all of them are number 0. */
#if defined(ASK_WRITES) || defined(ASK_FENCES) || defined(PUSHES)
#define NUMBERED
byte grants;
byte fence_of[GRANTS + 1];
#define may_grant (grants < GRANTS)
#else
#define may_grant true
#endif

inline check_exclusion(c) {
#ifdef ASK_EXCLUSION
  two_believe = believes(1 - c);
  assert(!two_believe)
#else
  skip
#endif
}

inline check_fence() {
#ifdef ASK_FENCES
  fence_not_higher = fence_of[grants] <= fence_of[grants - 1];
  assert(!fence_not_higher)
#else
  skip
#endif
}

#ifdef ASK_WRITES
#ifdef WITHOUT_FENCE
#define accepts(c) true
#else
#define accepts(c) (fence_of[client[c].writing] >= fence_of[last_write]) /* fence-guard.ts */
#endif

inline write(c) {
  if
  :: accepts(c) ->
     stale_write = client[c].writing < last_write;
     assert(!stale_write);
     last_write = client[c].writing;
     mark("a write is accepted")
  :: else -> mark("a late write is refused")
  fi;
  client[c].writing = 0
}
#endif
