import assert from 'node:assert/strict';
import { LeaseLostError, LockConfigError, LockHoldLimitError } from '@holdfast/core';
import type { Chapter } from '../chapter.js';
import { A_SECOND_MS, Crew, JOB } from './crew.js';
import { assertOneAfterTheOther } from './entries.js';
import { Stays } from './stays.js';

const MOST_CHECKPOINT_BYTES = 65_536;
const QUOTES = 2;

export const bodies: Chapter = {
  'are told which run it is': async (scene) => {
    const crew = new Crew(scene);
    await crew.hire(1);
    await crew.runNow();
    const { run } = await crew.begins(1);
    const [entry] = await crew.runs(1);
    assert.deepEqual(
      [run.job, run.id, run.fence, run.attempt, run.manual, run.tries, run.checkpoint],
      [JOB, entry?.run, entry?.fence, 1, true, 1, undefined],
    );
    assert.equal(run.scheduledAt, entry?.scheduledAt);
  },

  'that fail are begun again as often as retry says, under one lease, and the last error is kept': async (
    scene,
  ) => {
    const seen: (readonly [tries: number, fence: number])[] = [];
    const lines: string[] = [];
    const crew = new Crew(scene, { retry: { tries: 3, backoff: 10 } }, (run) => {
      seen.push([run.tries, run.fence]);
      throw new RangeError(`failure ${run.tries}`);
    });
    await crew.join({ log: (_level, line) => lines.push(line) });
    await crew.runNow();
    const [run] = await crew.runs(1);
    assert.deepEqual([run?.outcome, run?.error, run?.attempt], ['failed', 'RangeError: failure 3', 1]);
    assert.deepEqual(
      seen,
      [1, 2, 3].map((tries) => [tries, run?.fence]),
    );
    assert.equal(lines.filter((line) => line.includes('failure')).length, 1);
  },

  'that are well at a later try are well': async (scene) => {
    const crew = new Crew(scene, { retry: { tries: 2, backoff: 10 } }, (run) => {
      if (run.tries === 1) throw new Error('not yet');
    });
    await crew.hire(1);
    await crew.runNow();
    const [run] = await crew.runs(1);
    assert.deepEqual([run?.outcome, run?.error, crew.begun.length], ['ok', '', 2]);
  },

  'may have their errors described in other words, of which 500 characters are kept': async (scene) => {
    const crew = new Crew(scene, { describeError: () => 'x'.repeat(600) }, () => {
      throw new Error('secret');
    });
    await crew.hire(1);
    await crew.runNow();
    const [run] = await crew.runs(1);
    assert.deepEqual([run?.outcome, run?.error], ['failed', 'x'.repeat(500)]);
  },

  'that throw what cannot be described have failed all the same': async (scene) => {
    const describeError = (): string => {
      throw new Error('no words');
    };
    const crew = new Crew(scene, { describeError }, () => {
      throw new Error('secret');
    });
    await crew.hire(1);
    await crew.runNow();
    const [run] = await crew.runs(1);
    assert.equal(run?.outcome, 'failed');
    assert.ok(!run.error.includes('secret'));
  },

  'that hang are over after their timeout, and the next run may begin': async (scene) => {
    const stays = new Stays(scene, { deaf: true });
    const crew = new Crew(scene, { timeout: 200, ttl: scene.ttlMs }, stays.body);
    await crew.hire(1);
    await crew.runNow();
    const { run } = await stays.come(1);
    const { signal } = run;
    const [entry] = await crew.runs(1, A_SECOND_MS);
    assert.deepEqual([entry?.outcome, entry?.error], ['failed', 'Error: timed out after 200 ms']);
    assert.ok(LockHoldLimitError.is(signal.reason));
    assert.throws(() => run.assertHeld(), LockHoldLimitError);
    assert.equal((await crew.runNow()).outcome, 'started');
    stays.leave();
  },

  'that take longer than the ttl keep their lease': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, { ttl: scene.ttlMs }, stays.body);
    await crew.hire(2);
    await crew.runNow();
    const { run } = await stays.come(1);
    const leaseEndsAt = async (): Promise<number> => {
      const { running } = await scene.arrives(crew.jobs.inspect(JOB));
      return running[0]?.leaseEndsAt ?? 0;
    };
    const before = await leaseEndsAt();
    await scene.passTime(2 * scene.ttlMs);
    run.assertHeld();
    assert.ok((await leaseEndsAt()) > before + scene.ttlMs);
    stays.leave();
    const [entry] = await crew.runs(1);
    assert.deepEqual([entry?.outcome, entry?.attempt], ['ok', 1]);
  },

  'that are deaf to cancel-previous are over after another ttl, and write nothing from then on': async (
    scene,
  ) => {
    const stays = new Stays(scene, { deaf: true });
    const crew = new Crew(scene, { ttl: scene.ttlMs, overlap: 'cancel-previous' }, stays.body);
    await crew.hire(1);
    await crew.runNow();
    const first = await stays.come(1);
    await crew.runNow();
    const next = await stays.come(2);
    assert.ok(first.run.signal.aborted && next.run.fence > first.run.fence);
    assert.equal(await scene.arrives(first.run.progress(1)), false);
    await scene.fails(first.run.saveCheckpoint('late'), LeaseLostError);
    next.leave();
    const runs = await crew.runs(2);
    assert.deepEqual(
      runs.map(({ outcome }) => outcome),
      ['cancelled', 'ok'],
    );
    assertOneAfterTheOther(runs);
  },

  'save checkpoints of up to 64 KiB, and are told of what cannot be saved': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, {}, stays.body);
    await crew.hire(1);
    await crew.runNow();
    const { run } = await stays.come(1);
    const largest = 'x'.repeat(MOST_CHECKPOINT_BYTES - QUOTES);
    for (const value of [null, { done: [1, 'ü', true] }, largest]) {
      await scene.arrives(run.saveCheckpoint(value));
      assert.deepEqual(run.checkpoint, value);
    }
    const tooLarge = await scene.fails(run.saveCheckpoint(`${largest}x`), LockConfigError);
    assert.match(tooLarge.faults.join(), new RegExp(`${MOST_CHECKPOINT_BYTES + 1} bytes`));
    // What JSON leaves out; the types would not let it pass.
    const nothing = await scene.fails(run.saveCheckpoint(JSON.parse('{}').nothing), LockConfigError);
    assert.match(nothing.faults.join(), /undefined/);
    assert.equal(run.checkpoint, largest);
    run.assertHeld();
  },

  'say how far they are, and what they said last is in the history': async (scene) => {
    const stays = new Stays(scene);
    const crew = new Crew(scene, {}, stays.body);
    await crew.hire(1);
    await crew.runNow();
    const { run } = await stays.come(1);
    assert.equal(await scene.arrives(run.progress(0.25, 'a quarter')), true);
    const { running } = await scene.arrives(crew.jobs.inspect(JOB));
    assert.deepEqual(
      running.map(({ id, progress, note }) => [id, progress, note]),
      [[run.id, 0.25, 'a quarter']],
    );
    await scene.arrives(run.progress(7, 'more than all'));
    stays.leave();
    const [entry] = await crew.runs(1);
    assert.deepEqual([entry?.outcome, entry?.progress, entry?.note], ['ok', 1, 'more than all']);
    assert.equal(await scene.arrives(run.progress(0.5, 'when it is over')), false);
  },

  'write lines that say whose they are': async (scene) => {
    const lines: string[] = [];
    const crew = new Crew(scene, {}, (run) => run.logger.warn('half of them are missing'));
    await crew.join({ log: (level, line) => lines.push(`${level}: ${line}`) });
    await crew.runNow();
    const [run] = await crew.runs(1);
    const at = new Date(run?.scheduledAt ?? 0).toISOString();
    assert.deepEqual(lines, [`warn: ${JOB}@${at} (fence ${run?.fence}): half of them are missing`]);
  },
};
