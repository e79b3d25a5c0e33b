/** A network that loses one reply in five, with the connection, and is late with the others. */
import assert from 'node:assert/strict';
import { abortMarginMs, validityMs } from '../../../../libs/core/src/lease/deadline.js';
import type { Child } from '../../../support/child.js';
import type { FaultProxy } from '../../../support/fault-proxy.js';
import { long } from '../../../support/long.js';
import { machineMs } from '../../../support/machine-clock.js';
import { numberIn } from '../../../support/taker.js';
import type { PlayedRow, Trial } from '../row.js';
import { passed } from '../scene.js';
import { TTL_MS } from '../stage.js';

/** Everyday, and in the whole matrix. */
export const FOR_MS = { everyday: 10_000, whole: 60_000 };
const LOST = 0.2;
const LATE_MS = TTL_MS / 4;
const CHANGES_EVERY_MS = 50;
/** What is left of a lease when an outage begins just before its next renewal, whose answer may be late when it is over. */
const HARMLESS_MS = validityMs(TTL_MS) - abortMarginMs(validityMs(TTL_MS)) - TTL_MS / 3 - LATE_MS;
/** A grant that was pushed has less than this. */
const CONFIRMED_MS = (2 / 3) * TTL_MS;
const WAIT_MS = 20_000;
const SCRIPT_CALLS = ['EVALSHA', 'EVAL'];

/** Makes it bad; and writes down when an answer to a script call reached the client. */
class BadNetwork {
  readonly answeredAt: number[] = [machineMs()];
  readonly #ends: (() => void)[] = [];

  constructor(proxy: FaultProxy) {
    const changing = setInterval(() => proxy.delay(Math.random() * LATE_MS, 'to-client'), CHANGES_EVERY_MS);
    this.#ends.push(
      () => clearInterval(changing),
      proxy.onRequest(([name = ''], connection) => {
        if (SCRIPT_CALLS.includes(name.toUpperCase()) && Math.random() < LOST)
          connection.dropReplyNow({ thenCut: true });
      }),
      proxy.onDelivery(({ lastRequest }) => {
        if (SCRIPT_CALLS.includes(lastRequest)) this.answeredAt.push(machineMs());
      }),
    );
  }

  end(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  /** The longest time without an answer that reaches into `from` … `to`. */
  longestOutage(from: number, to: number): number {
    const ends = [...this.answeredAt.filter((at) => at < to), to];
    const gaps = ends.slice(1).map((at, index) => [at, at - (ends[index] ?? NaN)] as const);
    return Math.max(0, ...gaps.filter(([at]) => at >= from).map(([, gap]) => gap));
  }
}

/** Takes the lock again whenever it is lost, until told to end; the last lease is given back. */
class Persistent {
  readonly #child: Child;
  readonly #name: string;
  #tenures = 0;
  #going = true;
  readonly #done: Promise<void>;

  constructor(child: Child, name: string, holdMs = Infinity) {
    this.#child = child;
    this.#name = name;
    this.#done = this.#goOn(holdMs);
  }

  get ids(): readonly string[] {
    return Array.from({ length: this.#tenures }, (_, at) => this.#id(at));
  }

  async end(): Promise<void> {
    this.#going = false;
    if (this.#tenures > 0) this.#child.send({ do: 'finish', id: this.#id(this.#tenures - 1) });
    await this.#done;
  }

  #id(at: number): string {
    return `${this.#child.pid}-${this.#name}-${at}`;
  }

  async #goOn(holdMs: number): Promise<void> {
    while (this.#going) {
      const id = this.#id(this.#tenures);
      this.#tenures += 1;
      this.#child.send({ do: 'work', id, name: this.#name, options: { ttl: TTL_MS, wait: WAIT_MS } });
      const began = await this.#first(id, ['granted', 'failed']);
      if (began === 'failed') continue;
      if (holdMs !== Infinity) {
        await passed(holdMs);
        this.#child.send({ do: 'finish', id });
      }
      await this.#first(id, ['released']);
    }
  }

  async #first(id: string, events: readonly string[]): Promise<string> {
    return Promise.any(
      events.map(async (event) => {
        await this.#child.message({ event, id }, FOR_MS.whole + 2 * WAIT_MS);
        return event;
      }),
    );
  }
}

/** How the lease was lost, if it was. A grant that was pushed lives on what is left of it until it is confirmed. */
function lossOf({ messages }: Child, id: string): readonly { at: number; confirmed: boolean }[] {
  const of = (event: string) =>
    messages.find((message) => message['event'] === event && message['id'] === id);
  const [granted, lost, refused] = [of('granted'), of('lost'), of('refused')];
  if (granted === undefined || lost === undefined || refused === undefined) return [];
  const firstMs = numberIn(granted, 'remainingMs');
  const movedMs = numberIn(refused, 'deadlineAt') - (numberIn(granted, 'at') + firstMs);
  return [{ at: numberIn(lost, 'at'), confirmed: firstMs >= CONFIRMED_MS || movedMs > 10 }];
}

/** A lease that is lost although answers came in time is a false loss. */
async function badNetwork({ stage, name }: Trial, forMs: number) {
  const [holder, contender] = await Promise.all([
    stage.taker('holder'),
    stage.taker('contender', { direct: true }),
  ]);
  const network = new BadNetwork(stage.proxy);
  stage.defer(() => network.end());
  const startedAt = machineMs();
  const one = new Persistent(holder, name);
  const other = new Persistent(contender, name, 50);
  await passed(forMs, startedAt);
  network.end();
  await stage.proxy.heal();
  await Promise.all([one.end(), other.end()]);
  const losses = one.ids.flatMap((id) => lossOf(holder, id));
  const outages = losses
    .filter(({ confirmed }) => confirmed)
    .map(({ at }) => network.longestOutage(at - TTL_MS, at));
  const falseLosses = outages.filter((outageMs) => outageMs < HARMLESS_MS);
  assert.deepEqual(falseLosses, [], 'outages before leases that were lost');
  return {
    'longest outage': network.longestOutage(startedAt, startedAt + forMs),
    'losses (number)': losses.length,
    'of grants that were pushed and never confirmed (number)': losses.length - outages.length,
    'shortest outage with a loss': Math.min(forMs, ...outages),
  };
}

const forMs = FOR_MS[long || process.env['HOLDFAST_FAULT_RUNS'] !== undefined ? 'whole' : 'everyday'];

export const badNetworkRows: readonly PlayedRow[] = [
  {
    kind: 'played',
    id: 'F09',
    fault:
      '20 % of replies lost with their connection, the others up to TTL/4 late, for 60 s (every day 10 s, once)',
    holds:
      'A; no confirmed lease is lost unless answers stayed away before it for longer than a renewal every TTL/3 leaves, ' +
      'when answers are up to TTL/4 late: 373 ms',
    play: (trial) => badNetwork(trial, forMs),
    everyday: 1,
    longestMs: FOR_MS.whole + 60_000,
    size: `${forMs / 1_000} s a run`,
  },
];
