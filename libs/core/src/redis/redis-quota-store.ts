/** Keeps the counters of quotas: all of an account in one step. */
import type {
  ChangeAnswer,
  CounterChange,
  Merging,
  QuotaStore,
  ResolvedCounter,
  Settling,
} from '../quota/quota-store.js';
import type { KeySpace } from './keys.js';
import { runScript } from './run-script.js';
import type { ScriptHost } from './script-host.js';
import { integer, spelledInteger } from './script-reply.js';
import { quotaChange, quotaMerge, quotaSettle } from './scripts.generated.js';

const OUTCOMES = ['bounds', 'changed', 'reserved', 'before'] as const;
const SETTLED = ['gone', 'done', 'before'] as const;
/** Of each counter. */
const WORDS = 3;

export class RedisQuotaStore implements QuotaStore {
  readonly #host: ScriptHost;
  readonly #keys: KeySpace;

  constructor(host: ScriptHost, keys: KeySpace) {
    this.#host = host;
    this.#keys = keys;
  }

  async change({ identity, changes, id, ...terms }: CounterChange): Promise<ChangeAnswer> {
    const { counters, reserved, amounts, settled } = this.#keys.quota(identity);
    const { reserveMs, rememberMs, keepMs } = terms;
    const { reply } = await this.#host.run({
      script: quotaChange,
      keys: changes.flatMap(() => [counters, reserved, amounts, settled]),
      args: changes.flatMap(({ counter, by }) => {
        const { name, least, most, initial } = counter;
        return [name, by, least, most, initial, windowOf(counter), id, reserveMs, rememberMs, keepMs];
      }),
    });
    const [code, remainingMs, ...words] = reply;
    return {
      outcome: outcomeIn(OUTCOMES, integer(code)),
      remainingMs: integer(remainingMs),
      counters: changes.map((_, at) => {
        const [value, up, down] = words.slice(at * WORDS);
        return { value: spelledInteger(value), up: spelledInteger(up), down: spelledInteger(down) };
      }),
    };
  }

  async settle({ identity, ...args }: Settling): Promise<'done' | 'gone' | 'before'> {
    const keys = this.#keys.quota(identity);
    const { reply } = await runScript(this.#host, quotaSettle, { keys, args });
    return outcomeIn(SETTLED, integer(reply[0]));
  }

  async merge({ from, into, counters, keepMs }: Merging) {
    const keys = this.#keys.quota(from);
    const target = this.#keys.quota(into).counters;
    const { reply } = await this.#host.run({
      script: quotaMerge,
      keys: counters.flatMap(() => [keys.counters, keys.reserved, keys.amounts, keys.settled, target]),
      args: counters.flatMap((counter) => {
        const { name, least, most, initial } = counter;
        return [name, least, most, initial, windowOf(counter), keepMs];
      }),
    });
    const [merged, ...amounts] = reply;
    return { merged: merged === 1, amounts: amounts.map(spelledInteger) };
  }
}

const windowOf = ({ windowMs }: ResolvedCounter): number => windowMs * 1_000;

function outcomeIn<Outcome extends string>(outcomes: readonly Outcome[], code: number): Outcome {
  const outcome = outcomes[code];
  if (outcome === undefined) throw new Error(`a script of quotas answered ${code}`);
  return outcome;
}
