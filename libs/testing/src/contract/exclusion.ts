import assert from 'node:assert/strict';
import type { Holdfast, Lease } from '@holdfast/core';
import { checkHistory, type HistoryEvent } from '../fencing/check-history.js';
import { FencedResource } from '../fencing/fenced-resource.js';
import type { Chapter } from './chapter.js';

export const exclusion: Chapter = {
  'grants a free lock, and again after it was given back': async (scene) => {
    const { locks } = await scene.instance();
    for (let round = 0; round < 3; round += 1) {
      const lease = await scene.arrives(locks.acquire('job', { wait: 0 }));
      assert.equal(lease.lockName, 'job');
      assert.equal(lease.held, true);
      assert.equal(await scene.arrives(lease.release()), 'released');
    }
  },

  'keeps everybody else out, in the same process and in another one': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('job'));
    assert.equal(await scene.arrives(one.locks.tryAcquire('job')), undefined);
    assert.equal(await scene.arrives(other.locks.tryAcquire('job')), undefined);
    await scene.arrives(lease.release());
    const next = await scene.arrives(other.locks.tryAcquire('job'));
    assert.equal(next?.held, true);
    await scene.arrives(next.release());
  },

  'lets different names and different keys be held side by side': async (scene) => {
    const [one, other] = await scene.pair();
    const held = await scene.arrives(
      Promise.all([
        one.locks.tryAcquire('job'),
        other.locks.tryAcquire('job', { key: 1 }),
        one.locks.tryAcquire('job', { key: 2 }),
        other.locks.tryAcquire('job', { key: ['1', '2'] }),
        one.locks.tryAcquire('other job', { key: 1 }),
      ]),
    );
    for (const lease of held) assert.equal(lease?.held, true);
    await scene.arrives(Promise.all(held.map(async (lease) => lease?.release())));
  },

  'takes the number 7 and the text 7 for the same key': async (scene) => {
    const [one, other] = await scene.pair();
    const lease = await scene.arrives(one.locks.acquire('order', { key: 7 }));
    assert.equal(await scene.arrives(other.locks.tryAcquire('order', { key: '7' })), undefined);
    assert.equal(await scene.arrives(other.locks.tryAcquire('order', { key: 7n })), undefined);
    await scene.arrives(lease.release());
  },

  'never lets two in at once, and lets everybody in, when many processes crowd': async (scene) => {
    const replicas = await scene.instances(3);
    const crowd = new Crowd();
    const work = replicas.flatMap((replica) =>
      Array.from({ length: 6 }, () => replica.locks.run('job', { wait: 'forever' }, crowd.enter(replica))),
    );
    await scene.arrives(Promise.all(work), 60_000);
    assert.deepEqual(checkHistory(crowd.events), []);
    assert.equal(crowd.resource.accepted.length, 18);
  },
};

/** Bodies that write down when they came and went, in the order in which it happened. */
class Crowd {
  readonly events: HistoryEvent[] = [];
  readonly resource = new FencedResource<string>('job');
  #visitors = 0;

  enter(replica: Holdfast): (lease: Lease) => Promise<void> {
    const holder = `${replica.replica}/${(this.#visitors += 1)}`;
    return async ({ fence }) => {
      this.#tell({ kind: 'acquired', holder, fence });
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      this.resource.write(fence, holder);
      this.#tell({ kind: 'wrote', holder, fence, accepted: true });
      this.#tell({ kind: 'released', holder, fence });
    };
  }

  #tell(event: EventDetails): void {
    this.events.push({ ...event, name: 'job', at: this.events.length });
  }
}

type EventDetails = HistoryEvent extends infer Event
  ? Event extends HistoryEvent
    ? Omit<Event, 'name' | 'at'>
    : never
  : never;
