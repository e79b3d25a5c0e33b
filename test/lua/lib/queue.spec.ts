/** `lib/queue`: positions, ties and entries that stand alone. */
import { describe, expect, it } from 'vitest';
import type { Keyspace } from '../../support/keyspace.js';
import { about, AHEAD, anna, arrival, beating, ben, cleo, dora, queueOf, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();

const holder = tokenOf(dora);
const held: Keyspace = {
  lock: { type: 'string', value: holder, ttlMs: 20_000 },
  fence: { type: 'string', value: String(AHEAD) },
};
const asking = (token: string) => ({ token, ttlMs: 30_000, idleMs: 2_000 });
const giving = (token: string) => ({ token, ttlMs: 0, idleMs: 0 });
const placed = (position: number, joined: number) => [0, about(20_000), holder, AHEAD, position, joined];

describe('a place in line', () => {
  it('P2.2 agrees with the hand-off when two arrived in one microsecond', async () => {
    const [first, second] = [tokenOf(anna), tokenOf(ben)];
    const tie = queueOf([
      [second, arrival(1), beating(2_000)],
      [first, arrival(1), beating(2_000)],
    ]);
    const run = ['lease/batch', [asking(second), asking(first), giving(holder)]] as const;
    const { reply, pushed } = await lua().transition({
      given: { ...held, ...tie },
      run,
      listening: [anna, ben],
    });
    expect(reply).toEqual([...placed(2, 0), ...placed(1, 0), 1]);
    expect(pushed).toEqual([`${anna}: granted ${first} ${AHEAD + 1} 2000 lock`]);
  });

  it('P2.2 is by program order for those who join in one call, whatever their tokens', async () => {
    const members = [cleo, ben, anna].map((process) => asking(tokenOf(process)));
    const { reply, pushed } = await lua().transition({
      given: held,
      run: ['lease/batch', [...members, giving(holder)]],
      listening: [anna, ben, cleo],
    });
    expect(reply).toEqual([...placed(1, 1), ...placed(2, 1), ...placed(3, 1), 1]);
    expect(pushed).toEqual([`${cleo}: granted ${tokenOf(cleo)} ${AHEAD + 1} 2000 lock`]);
  });

  it('counts only those who stand in line: what others left behind has no place', async () => {
    const given: Keyspace = {
      ...held,
      queue: { type: 'zset', value: { [`!${tokenOf(ben)}`]: Date.now() + 2_000, somebody: 1, nobody: -5 } },
    };
    const members = [asking(tokenOf(anna)), giving(holder)];
    const { reply, pushed } = await lua().transition({
      given,
      run: ['lease/batch', members],
      listening: [anna, ben],
    });
    expect(reply).toEqual([...placed(1, 1), 1]);
    expect(pushed).toEqual([`${anna}: granted ${tokenOf(anna)} ${AHEAD + 1} 2000 lock`]);
  });

  it('P2.6 keeps whoever joined in the call alive for 5 s, and the queue with it', async () => {
    const { after } = await lua().transition({ given: held, run: ['lease/batch', asking(tokenOf(anna))] });
    expect(after['queue']?.ttlMs).toEqual(about(5_000));
  });
});
