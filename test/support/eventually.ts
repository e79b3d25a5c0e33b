import { setTimeout as pause } from 'node:timers/promises';

/** How long to try, and how often. */
export interface Patience {
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/**
 * Asks until the answer is truthy and returns it. An error counts as "not yet": the last one is the cause of the
 * failure when time is up. This is the only place where tests sleep.
 */
export async function eventually<T>(
  ask: () => T | PromiseLike<T>,
  patience: Patience = {},
): Promise<NonNullable<T>> {
  const { withinMs = 5_000, everyMs = 5 } = patience;
  const endsAt = performance.now() + withinMs;
  let last: unknown;
  do {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await pause(everyMs);
  } while (performance.now() < endsAt);
  throw new Error(`not true within ${withinMs} ms: ${ask.toString().slice(0, 200)}`, { cause: last });
}

/** Asks for the whole time and fails at the first falsy answer: for what must not happen. */
export async function always(ask: () => unknown, forMs: number, everyMs = 5): Promise<void> {
  const endsAt = performance.now() + forMs;
  while (performance.now() < endsAt) {
    if (!(await ask())) throw new Error(`was not true for ${forMs} ms: ${ask.toString().slice(0, 200)}`);
    await pause(everyMs);
  }
}

/** Rejects instead of waiting for ever: a hang then has a name. */
export async function within<T>(ms: number, what: string, promise: PromiseLike<T>): Promise<T> {
  const stop = new AbortController();
  const late = pause(ms, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`${what}: nothing within ${ms} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}
