/*
 * The number of a grant: lua/lib/fence.lua. Higher than the last one that this server knows of, and not below its clock.
 * Nothing else asks for server time. A block of 16 is one number here, for nothing is passed on inside a process.
 */
#if defined(FAILOVER) && !defined(WITHOUT_SERVER_TIME)
byte clock;
#define next_fence (primary.counter >= clock -> primary.counter + 1 : clock)
#else
#define next_fence (primary.counter + 1)
#endif

inline issue_fence() {
#ifdef NUMBERED
  grants++;
  primary.counter = next_fence;
  primary.grant = grants;
  fence_of[grants] = primary.counter;
  check_fence()
#else
  skip
#endif
}

#if defined(FAILOVER) && !defined(WITHOUT_SERVER_TIME)
#define clock_ticks() clock = (clock < CLOCK_END -> clock + 1 : clock)
/* Ahead of the last fence that was issued: an assumption (docs/guarantees.md). */
#ifdef WITHOUT_CLOCK_AHEAD
#define clock_of_another_server() clock = 0
#else
#define clock_of_another_server() clock = (clock > primary.counter -> clock : primary.counter + 1)
#endif
#else
#define clock_ticks() skip
#define clock_of_another_server() skip
#endif
