/** `job/pause`: a pause is remembered for long, and nothing else is. */
import { expect, it } from 'vitest';
import { about } from '../cast.js';
import { DAY_MS, hashOf, jobOf, KEPT_MS, play, still } from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const keepMs = 400 * DAY_MS;
const pause = ['job/pause', { paused: 1, keepMs }] as const;
const resume = ['job/pause', { paused: 0, keepMs }] as const;

it('P8.1: pauses a job for everybody, for longer than the job is kept', async () => {
  expect(await play(lua(), { given: jobOf(), run: pause })).toEqual({
    reply: [1],
    after: { job: hashOf({ ...jobOf().job.value, paused: '1' }, about(keepMs)) },
  });
});

it('pauses a job that no process has yet, and that ends by itself', async () => {
  expect(await play(lua(), { run: pause })).toEqual({
    reply: [1],
    after: { job: hashOf({ paused: '1' }, about(keepMs)) },
  });
});

it('says when it was paused already, and does not shorten what is kept longer', async () => {
  const given = { job: hashOf({ paused: '1' }, 2 * keepMs) };
  expect(await play(lua(), { given, run: pause })).toEqual({ reply: [0], after: still(given) });
});

it('lets the job go on, and leaves its time alone', async () => {
  const given = jobOf({ paused: '1' });
  expect(await play(lua(), { given, run: resume })).toEqual({ reply: [1], after: still(jobOf()) });
});

it('leaves nothing behind of a job that is known by its pause alone', async () => {
  expect(await play(lua(), { given: { job: hashOf({ paused: '1' }) }, run: resume })).toEqual({
    reply: [1],
    after: {},
  });
});

it('makes no job of one that nobody knows', async () => {
  expect(await play(lua(), { run: resume })).toEqual({ reply: [0], after: {} });
});

it('says of a job that was paused and let go on before that it goes on already', async () => {
  const given = { job: hashOf({ ...jobOf().job.value, paused: '0' }) };
  expect(await play(lua(), { given, run: resume })).toEqual({ reply: [0], after: still(jobOf()) });
});

it('does not pause without memory, and lets go on all the same', async () => {
  const given = jobOf({ paused: '1' });
  expect(await play(lua(), { given: jobOf(), run: pause, full: true })).toEqual({
    reply: { error: 'OOM' },
    after: still(jobOf()),
  });
  expect(await play(lua(), { given, run: resume, full: true })).toEqual({
    reply: [1],
    after: still(jobOf()),
  });
});

it('is an error of Redis on a key of another type and on a replica, and changes nothing', async () => {
  const strange = { job: { type: 'string', value: 'x', ttlMs: KEPT_MS } } as const;
  expect(await play(lua(), { given: strange, run: pause })).toEqual({
    reply: { error: 'WRONGTYPE' },
    after: still(strange),
  });
  expect(await play(lua(), { given: jobOf(), run: pause, demoted: true })).toEqual({
    reply: { error: 'READONLY' },
    after: still(jobOf()),
  });
});
