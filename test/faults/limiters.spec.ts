/** Limiters under load from four processes: never more than they promise, wherever one begins to count. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rounds } from '../support/long.js';
import { uniqueNamespace } from '../support/namespace.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { ask, closeCleanly, numberIn, startTaker } from '../support/taker.js';
import { mostAbove, type Pass } from './support/passes.js';

const PROCESSES = 4;
/** A million in a long run, for each kind of limit. */
const ASKED = rounds(10_000, 1_000_000);
const AT_A_TIME = 50;
const PER_MS = 200;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

interface Kind {
  readonly limits: object;
  /** How many may pass in so long, wherever that begins. */
  readonly mostWithin: (ms: number) => number;
}

const LIMIT = 40;
const twiceAtAnEdge = (ms: number): number => LIMIT * (Math.ceil(ms / PER_MS) + 1);
const KINDS: Readonly<Record<string, Kind>> = {
  gcra: {
    limits: { limit: LIMIT, per: PER_MS, burst: 15 },
    mostWithin: (ms) => 15 + (LIMIT * ms) / PER_MS,
  },
  'token-bucket': {
    limits: { algorithm: 'token-bucket', capacity: 25, refill: LIMIT, per: PER_MS },
    mostWithin: (ms) => 25 + (LIMIT * ms) / PER_MS,
  },
  'fixed-window': {
    limits: { algorithm: 'fixed-window', limit: LIMIT, per: PER_MS },
    mostWithin: twiceAtAnEdge,
  },
  'sliding-window-counter': {
    limits: { algorithm: 'sliding-window-counter', limit: LIMIT, per: PER_MS },
    mostWithin: twiceAtAnEdge,
  },
  'sliding-window-log': {
    limits: { algorithm: 'sliding-window-log', limit: LIMIT, per: PER_MS },
    mostWithin: (ms) => LIMIT * Math.ceil(ms / PER_MS),
  },
};

async function passesOf(
  limits: object,
): Promise<{ readonly passes: readonly Pass[]; readonly asked: number }> {
  const namespace = uniqueNamespace();
  const takers = await Promise.all(
    Array.from({ length: PROCESSES }, () => startTaker({ url: server.url, namespace })),
  );
  const command = { do: 'limit', id: 'all', name: 'api', limits: JSON.stringify(limits), atATime: AT_A_TIME };
  const told = await Promise.all(
    takers.map((taker) =>
      ask(
        taker,
        { ...command, count: ASKED / PROCESSES },
        { event: 'limited', id: 'all', withinMs: 600_000 },
      ),
    ),
  );
  await Promise.all(takers.map(closeCleanly));
  const passes = told.flatMap(({ passed }) => pairsIn(passed));
  return { passes, asked: told.reduce((sum, one) => sum + numberIn(one, 'asked'), 0) };
}

function pairsIn(list: unknown): Pass[] {
  if (!Array.isArray(list)) throw new Error('a list was expected');
  const instants = list.map(Number);
  return instants.flatMap((sentAt, at) => {
    const answeredAt = instants[at + 1];
    return at % 2 === 0 && answeredAt !== undefined ? [{ sentAt, answeredAt }] : [];
  });
}

describe('of so many that ask at once', () => {
  it.each(Object.entries(KINDS))(
    'no more pass by %s than it promises for any time',
    async (name, kind) => {
      const { passes, asked } = await passesOf(kind.limits);
      const above = mostAbove(passes, kind.mostWithin, 3 * PER_MS);
      console.log(
        `${name}: ${passes.length} of ${asked} passed, at most ${above.toFixed(1)} above the bound`,
      );
      expect(asked).toBe(ASKED);
      expect(passes.length).toBeGreaterThan(LIMIT / 2);
      expect(above).toBeLessThanOrEqual(0);
    },
    900_000,
  );
});
