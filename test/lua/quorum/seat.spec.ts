/** `quorum/seat`: since when the server has everything. */
import { expect, it } from 'vitest';
import { about, clockText } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { partsOfSeat, runIdOf, seatIn, text } from './seats.js';

const lua = useLuaBench();
const KEPT_MS = 2_592_000_000;

/** Somewhere in the last second. */
const recent = (): number =>
  expect.toSatisfy((ms: unknown) => Math.abs(Number(ms) - Date.now()) < 1_000, 'the clock');

it('takes the seat of a server that has none', async () => {
  const runId = await runIdOf(lua().redis);
  const { reply, after } = await lua().transition({ run: ['quorum/seat', {}] });
  expect(reply).toEqual([0, recent(), runId]);
  expect(after).toEqual({ seat: text(expect.stringMatching(`^${runId} \\d+$`), about(KEPT_MS)) });
});

it('takes it anew when the server was started again, data or not', async () => {
  const runId = await runIdOf(lua().redis);
  const { reply, after } = await lua().transition({
    given: seatIn('0123456789abcdef', 90_000),
    run: ['quorum/seat', {}],
  });
  expect(reply).toEqual([0, recent(), runId]);
  expect(`${partsOfSeat(after)[1]}000`).toEqual(clockText());
});

it('tells how long the server has it, and keeps it for a month more', async () => {
  const runId = await runIdOf(lua().redis);
  const given = seatIn(runId, 90_000);
  const { reply, after } = await lua().transition({ given, run: ['quorum/seat', {}] });
  expect(reply).toEqual([expect.toSatisfy((ms) => ms >= 90_000 && ms < 91_000), recent(), runId]);
  expect(after).toEqual({ seat: { ...given['seat'], ttlMs: about(KEPT_MS) } });
});
