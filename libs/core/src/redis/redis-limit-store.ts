/** Counts for limiters: all limits of a request in one step. */
import type { LimitAnswer, LimitQuestion, LimitStore, ResolvedLimit } from '../limiter/limit-store.js';
import type { KeySpace } from './keys.js';
import type { ScriptHost } from './script-host.js';
import { integer } from './script-reply.js';
import { limiterConsume, limiterReset } from './scripts.generated.js';

/** What the script says of each limit. */
const WORDS_OF_EACH = 3;

export class RedisLimitStore implements LimitStore {
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;

  constructor(host: ScriptHost, keys: KeySpace) {
    this.#host = host;
    this.#keys = keys;
  }

  async decide({
    identity,
    limits,
    cost,
    counts,
  }: LimitQuestion): Promise<{ readonly passes: boolean; readonly limits: readonly LimitAnswer[] }> {
    const { reply } = await this.#host.run({
      script: limiterConsume,
      keys: this.#keysOf(identity, limits),
      args: limits.flatMap(({ kind, most, span, unit }) => [kind, most, span, unit, cost, counts ? 1 : 0]),
    });
    const [passes, ...words] = reply.map(integer);
    const answers = limits.map((_, at): LimitAnswer => {
      const [remaining, waitMicros, resetMicros] = words.slice(at * WORDS_OF_EACH).map(integer);
      return {
        remaining: integer(remaining),
        waitMicros: integer(waitMicros),
        resetMicros: integer(resetMicros),
      };
    });
    return { passes: passes === 1, limits: answers };
  }

  async reset(identity: string, limits: readonly ResolvedLimit[]): Promise<void> {
    await this.#host.run({ script: limiterReset, keys: this.#keysOf(identity, limits), args: [] });
  }

  /** What a limit counted counts for that one only: another one of the same name begins anew. */
  #keysOf(identity: string, limits: readonly ResolvedLimit[]): readonly string[] {
    return limits.map(({ kind, most, span, unit }) =>
      this.#keys.limit(identity, `${kind}-${most}-${span}${unit === 0 ? '' : `-${unit}`}`),
    );
  }
}
