/** The hint: who says that it is preferred, and who looks for somebody better. */
import { describe, expect, it } from 'vitest';
import { ElectionBench, inShort } from '../../../../test/integration/protocol/support/election-bench.js';
import { RENEWED } from '../../../../test/integration/protocol/support/scripted-store.js';

function campaigning(preferred: boolean) {
  const bench = new ElectionBench();
  bench.store.renewsAtOnce = RENEWED;
  const told: string[] = [];
  const campaign = bench.leaders.campaign('billing', { preferred });
  campaign.onChange((now) => told.push(inShort(now)));
  const asked = (): string[] => bench.preferences.asked.splice(0).map(({ what }) => what);
  return { bench, campaign, told, asked };
}

describe('a preferred candidate', () => {
  it('claims the front of the line twice a second while it stands by, and takes the mark back when it leads', async () => {
    const { bench, asked } = campaigning(true);
    await bench.standBy();
    await bench.clock.advance('1600ms');
    expect(asked()).toEqual(['claim 2000', 'claim 2000', 'claim 2000']);
    await bench.elect();
    expect(asked()).toEqual(['claim 0']);
  });

  it('does not look for a better leader', async () => {
    const { bench, campaign, asked } = campaigning(true);
    bench.preferences.better = true;
    await bench.elect();
    await bench.clock.advance('1m');
    expect([campaign.isLeader(), asked()]).toEqual([true, []]);
  });

  it('claims again after its term, and takes the mark back when it leaves', async () => {
    const { bench, campaign, asked } = campaigning(true);
    await bench.elect();
    await campaign.stepDown();
    await bench.clock.settle();
    await bench.clock.advance('600ms');
    expect(asked()).toEqual(['claim 2000']);
    await campaign.stop();
    expect(asked()).toEqual(['claim 0']);
    await bench.clock.advance('1m');
    expect(asked()).toEqual([]);
  });
});

describe('a leader that is not preferred', () => {
  it('looks every third of its ttl, and goes on while there is nobody better', async () => {
    const { bench, campaign, asked } = campaigning(false);
    await bench.elect();
    await bench.clock.advance('11s');
    expect([campaign.isLeader(), asked()]).toEqual([true, ['inspect', 'inspect', 'inspect']]);
  });

  it('gives up its term when there is, and stands in line again', async () => {
    const { bench, told } = campaigning(false);
    await bench.elect();
    bench.preferences.better = true;
    await bench.clock.advance('4s');
    expect(told).toEqual(['leads 100', 'yielded']);
    expect(bench.store.wire.filter((call) => !call.startsWith('renew'))).toEqual([
      'acquire .1',
      'release .1',
      'acquire .2',
    ]);
    await bench.clock.advance('1m');
    expect(bench.preferences.asked).toHaveLength(1);
  });

  it('leads on when nobody answers, with one question open at a time', async () => {
    const { bench, campaign, asked } = campaigning(false);
    bench.preferences.answers = false;
    await bench.elect();
    await bench.clock.advance('1m');
    expect(campaign.isLeader()).toBe(true);
    expect(asked().length).toBeGreaterThan(10);
    bench.preferences.error = new Error('no connection');
    await bench.clock.advance('1m');
    expect([campaign.isLeader(), bench.logged]).toEqual([true, []]);
  });

  it('is not moved by an answer to a question of an earlier term', async () => {
    const { bench, campaign, told } = campaigning(false);
    await bench.elect();
    bench.preferences.better = true;
    bench.clock.jump('4s');
    const moving = bench.clock.advance(0);
    await campaign.stepDown();
    bench.preferences.better = false;
    await bench.elect(200);
    await moving;
    expect(told).toEqual(['leads 100', 'stepped-down', 'leads 200']);
  });
});
