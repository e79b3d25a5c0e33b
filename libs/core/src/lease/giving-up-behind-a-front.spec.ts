/** Several waiters of one process with about the same patience: each learns what those before it knew. */
import { expect, it } from 'vitest';
import { EngineBench } from '../../../../test/integration/protocol/support/engine-bench.js';

it.each([1, 3, 20])(
  'waiters who came %i ms apart all hear that the lock stayed busy, also those who were the front for a moment',
  async (apartMs) => {
    const bench = new EngineBench();
    const asked = [await bench.wait({ waitMs: 500 }, { holder: 'h', remainingMs: 30_000 })];
    for (let waiter = 1; waiter < 10; waiter += 1) {
      await bench.clock.advance(apartMs);
      asked.push(bench.ask({ waitMs: 500 }));
    }
    await bench.clock.advance(1_000);
    for (const { error, value } of asked) {
      expect(error).toBeUndefined();
      expect(value).toMatchObject({ outcome: 'busy', holder: 'h', waitedMs: 500 });
    }
    expect(bench.engine.load.waiting).toBe(0);
  },
);

it('a waiter who was the front without an answer for a whole attempt hears that the server is silent', async () => {
  const bench = new EngineBench();
  await bench.wait({ waitMs: 500 }, { holder: 'h', remainingMs: 30_000 });
  const behind = bench.ask({ waitMs: 5_000 });
  await bench.clock.advance(10_000);
  expect(behind.error).toMatchObject({ code: 'ERR_LOCK_UNAVAILABLE', condition: 'timeout' });
});
