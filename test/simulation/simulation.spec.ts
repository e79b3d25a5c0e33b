/** The simulation itself: seeds hold, and each is the same run every time. Thousands of them: `npm run test:simulation`. */
import { describe, expect, it } from 'vitest';
import { runSeed } from './run-seed.js';
import { ScriptVm } from './script-vm.js';

const vm = await ScriptVm.start();

describe('a seed of the simulation', () => {
  it('F45 breaks no rule, whichever it is', { timeout: 120_000 }, async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { violation, lastLines } = await runSeed(seed, vm);
      expect(violation, `seed ${seed}\n${lastLines.join('\n')}`).toBeUndefined();
    }
  });

  it(
    'F45 is the same run each time, event for event, also behind other seeds',
    { timeout: 120_000 },
    async () => {
      for (const seed of [2, 7, 11]) {
        const first = await runSeed(seed, vm);
        const lines: string[] = [];
        const again = await runSeed(seed, vm, (line) => lines.push(line));
        expect(again).toEqual(first);
        expect(lines.length).toBeGreaterThan(50);
        expect((await runSeed(seed + 1, vm)).hash).not.toBe(first.hash);
      }
    },
  );
});
