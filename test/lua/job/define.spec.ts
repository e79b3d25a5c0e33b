/** `job/define`: which of several definitions of one job holds. */
import { describe, expect, it } from 'vitest';
import { about } from '../cast.js';
import { clockMsText, DAY_MS, hashOf, jobOf, KEPT_MS, play, policies, still } from '../job-cast.js';
import { useLuaBench } from '../lua-bench.js';

const lua = useLuaBench();
const defineOf = (hash: string, more: Readonly<Record<string, string | number>> = {}) =>
  ['job/define', { ...policies, hash, version: '', definition: `text of ${hash}`, ...more }] as const;
const now = (offset = 0): string => String(Date.now() + offset);
const alive = (): string => now(50_000);

/** A job that goes by `held`, whose processes are there. */
const heldBy = (fields: Readonly<Record<string, string>> = {}) =>
  jobOf({
    hash: 'held',
    definition: 'text of held',
    'seen:held': now(-90_000),
    'alive:held': alive(),
    ...fields,
  });
const replyTo = async (given: ReturnType<typeof jobOf>, run: ReturnType<typeof defineOf>) =>
  (await play(lua(), { given, run })).reply;

describe('a job that nobody knows', () => {
  it('P8.5: goes by the first definition; P8.3: no tick of before is run; and ends by itself', async () => {
    expect(await play(lua(), { run: defineOf('own') })).toEqual({
      reply: ['own'],
      after: {
        job: hashOf(
          {
            ...jobOf({ floor: clockMsText(), accounted: clockMsText(), 'seen:own': clockMsText() }).job.value,
            'alive:own': clockMsText(60_000),
          },
          about(KEPT_MS),
        ),
      },
    });
  });

  it('is paused if somebody paused it, for as long as that is remembered', async () => {
    const given = { job: hashOf({ paused: '1' }, 400 * DAY_MS) };
    const { after } = await play(lua(), { given, run: defineOf('own') });
    expect(after['job']).toMatchObject({ value: { paused: '1', hash: 'own' }, ttlMs: about(400 * DAY_MS) });
  });

  it('is kept for as long as it says, if it was paused for less', async () => {
    const given = { job: hashOf({ paused: '1' }, 5_000) };
    const { after } = await play(lua(), { given, run: defineOf('own') });
    expect(after['job']).toMatchObject({ ttlMs: about(KEPT_MS) });
  });
});

describe('the definition that holds', () => {
  it('P8.5: is brought again by a process that starts, and nothing changes but that it is there', async () => {
    const given = heldBy({ floor: '77', waiting: '5000', 'count:ok': '3' });
    expect(await play(lua(), { given, run: defineOf('held', { overlap: 'allow' }) })).toEqual({
      reply: ['held'],
      after: {
        job: hashOf({ ...given.job.value, 'alive:held': clockMsText(60_000) }, about(KEPT_MS)),
      },
    });
  });

  it('P8.5: gives way to one that was registered later, which takes over what there is', async () => {
    const given = heldBy({ floor: '77', accounted: '88', waiting: '5000', paused: '1', 'count:ok': '3' });
    const run = defineOf('own', { overlap: 'allow', attempts: 3 });
    expect(await play(lua(), { given, run })).toEqual({
      reply: ['own'],
      after: {
        job: hashOf(
          {
            ...given.job.value,
            hash: 'own',
            definition: 'text of own',
            overlap: 'allow',
            attempts: '3',
            'seen:own': clockMsText(),
            'alive:own': clockMsText(60_000),
          },
          about(KEPT_MS),
        ),
      },
    });
  });

  it('P8.3: has no late ticks to make up for when its schedule is another one, and those of now are on time', async () => {
    const given = heldBy({ floor: '77' });
    const { after } = await play(lua(), {
      given,
      run: defineOf('own', { schedule: 'hourly', latenessMs: 3_000 }),
    });
    const justNow = clockMsText(-3_000);
    expect(after['job']).toMatchObject({
      value: { schedule: 'hourly', floor: justNow, accounted: justNow },
    });
    const ahead = heldBy({ floor: now(60_000) });
    const kept = await play(lua(), { given: ahead, run: defineOf('own', { schedule: 'hourly' }) });
    expect(kept.after['job']).toMatchObject({ value: { floor: ahead.job.value['floor'] } });
  });

  it('P8.5: stays when a replica with an older one starts again', async () => {
    const given = heldBy({ 'seen:own': now(-100_000) });
    expect(await play(lua(), { given, run: defineOf('own') })).toEqual({
      reply: ['held'],
      after: { job: hashOf({ ...given.job.value, 'alive:own': clockMsText(60_000) }, about(KEPT_MS)) },
    });
  });

  it('P8.5: stays when an older one was registered in the same millisecond', async () => {
    const seen = now(-90_000);
    expect(await replyTo(heldBy({ 'seen:held': seen, 'seen:own': seen }), defineOf('own'))).toEqual(['held']);
  });

  it('P8.5: gives way to an older one when no process has had it for a minute', async () => {
    const older = { 'seen:own': now(-100_000) };
    expect(await replyTo(heldBy({ ...older, 'alive:held': now(-1) }), defineOf('own'))).toEqual(['own']);
    expect(await replyTo(heldBy({ ...older, 'alive:held': now(5_000) }), defineOf('own'))).toEqual(['held']);
  });

  it('gives way when it is not known whether a process has it', async () => {
    const { job } = heldBy({ 'seen:own': now(-100_000) });
    const { 'alive:held': _, ...value } = job.value;
    expect(await replyTo({ job: hashOf(value) }, defineOf('own'))).toEqual(['own']);
  });
});

describe('explicit versions', () => {
  const older = () => ({ 'seen:own': now(-100_000) });

  it('P8.5: the higher one holds, whichever was registered later', async () => {
    const given = () => heldBy({ ...older(), 'version:held': '3' });
    expect(await replyTo(given(), defineOf('own', { version: 4 }))).toEqual(['own']);
    expect(await replyTo(given(), defineOf('new', { version: 2 }))).toEqual(['held']);
    expect(await replyTo(given(), defineOf('new', { version: 3 }))).toEqual(['new']);
  });

  it('P8.5: one holds over none, and are numbers and not texts', async () => {
    expect(await replyTo(heldBy({ 'version:held': '1' }), defineOf('new'))).toEqual(['held']);
    expect(await replyTo(heldBy(older()), defineOf('own', { version: 1 }))).toEqual(['own']);
    expect(await replyTo(heldBy({ 'version:held': '9' }), defineOf('new', { version: 10 }))).toEqual(['new']);
    const high = { 'version:held': '9007199254740990' };
    expect(await replyTo(heldBy(high), defineOf('new', { version: 9_007_199_254_740_989 }))).toEqual([
      'held',
    ]);
    expect(
      await replyTo(heldBy({ ...high, ...older() }), defineOf('own', { version: 9_007_199_254_740_991 })),
    ).toEqual(['own']);
  });

  it('P8.5: one that is given later to the definition that holds counts, and none takes it away', async () => {
    const { after } = await play(lua(), { given: heldBy(), run: defineOf('held', { version: 5 }) });
    expect(after['job']).toMatchObject({ value: { 'version:held': '5' } });
    const again = await play(lua(), { given: after, run: defineOf('held') });
    expect(again.after['job']).toMatchObject({ value: { 'version:held': '5' } });
    expect((await play(lua(), { given: again.after, run: defineOf('new') })).reply).toEqual(['held']);
  });

  it('P8.5: do not keep a definition that no process has any more', async () => {
    const given = heldBy({ ...older(), 'version:held': '3', 'alive:held': now(-1) });
    expect(await replyTo(given, defineOf('own'))).toEqual(['own']);
  });
});

describe('definitions of before', () => {
  it('P8.5: are remembered for 30 days after the last process that had them', async () => {
    const { after } = await play(lua(), {
      given: heldBy({
        'seen:gone': now(-60 * DAY_MS),
        'version:gone': '2',
        'alive:gone': now(-31 * DAY_MS),
        'seen:late': now(-60 * DAY_MS),
        'alive:late': now(-29 * DAY_MS),
        'alive:held': now(-31 * DAY_MS),
      }),
      run: defineOf('own'),
    });
    const known = Object.keys(after['job']?.type === 'hash' ? after['job'].value : {});
    expect(known.filter((field) => field.includes(':')).toSorted()).toEqual([
      'alive:late',
      'alive:own',
      'seen:late',
      'seen:own',
    ]);
  });

  it('P8.5: one that held for long is not new when a replica of it starts again during a deployment', async () => {
    const given = heldBy({ 'seen:held': now(-60 * DAY_MS) });
    const deployed = await play(lua(), { given, run: defineOf('new') });
    const restarted = await play(lua(), { given: deployed.after, run: defineOf('held') });
    expect([deployed.reply, restarted.reply]).toEqual([['new'], ['new']]);
  });

  it('the one that holds is remembered, however long no process had it', async () => {
    const given = heldBy({ 'alive:held': now(-31 * DAY_MS), 'seen:held': '5' });
    const { after } = await play(lua(), { given, run: defineOf('held') });
    expect(after['job']).toMatchObject({ value: { 'seen:held': '5' } });
  });
});

it('is an error of Redis on a wrong type, without memory and on a replica, and changes nothing', async () => {
  const strange = { job: { type: 'list', value: ['x'], ttlMs: KEPT_MS } } as const;
  for (const [trouble, error] of [
    [{ given: strange }, 'WRONGTYPE'],
    [{ given: heldBy(), full: true }, 'OOM'],
    [{ given: heldBy(), demoted: true }, 'READONLY'],
  ] as const) {
    expect(await play(lua(), { ...trouble, run: defineOf('own') })).toEqual({
      reply: { error },
      after: still(trouble.given),
    });
  }
});
