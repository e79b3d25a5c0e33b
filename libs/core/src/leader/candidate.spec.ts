/** One candidate: how it comes to lead, how its terms end, and what it makes of trouble. */
import { describe, expect, it } from 'vitest';
import { ElectionBench, inShort } from '../../../../test/integration/protocol/support/election-bench.js';
import { LOST, RENEWED } from '../../../../test/integration/protocol/support/scripted-store.js';
import { abortMarginMs, validityMs } from '../lease/deadline.js';

function campaigning() {
  const bench = new ElectionBench();
  const campaign = bench.leaders.campaign('billing');
  const told: string[] = [];
  campaign.onChange((now) => told.push(inShort(now)));
  return { bench, campaign, told };
}

async function leading() {
  const all = campaigning();
  await all.bench.elect();
  return all;
}

describe('a candidate', () => {
  it('asks at once, leads when it is granted, and tells it', async () => {
    const { bench, campaign, told } = campaigning();
    expect(bench.store.wire).toEqual(['acquire .1']);
    expect(campaign.state).toEqual({ leader: false, why: 'standby' });
    await bench.elect();
    expect(campaign.isLeader()).toBe(true);
    expect(campaign.state).toEqual({ leader: true, term: 100, signal: campaign.signal });
    expect([campaign.term, campaign.lease?.fence, campaign.signal.aborted]).toEqual([100, 100, false]);
    expect(told).toEqual(['leads 100']);
  });

  it('asks for keys that no lock has', async () => {
    const { bench } = campaigning();
    expect(bench.store.last.request.identity).toBe('#leader#billing');
  });

  it('goes on standing by for as long as somebody else leads', async () => {
    const { bench, campaign, told } = campaigning();
    for (let second = 0; second < 200; second += 1) {
      await bench.standBy();
      await bench.clock.advance('1s');
    }
    await bench.elect();
    expect(campaign.isLeader()).toBe(true);
    expect(told).toEqual(['leads 100']);
    expect(bench.logged).toEqual([]);
  });

  it('leads for an hour without a line in the log', async () => {
    const { bench, campaign, told } = campaigning();
    bench.store.renewsAtOnce = RENEWED;
    await bench.elect();
    await bench.clock.advance('1h');
    expect(campaign.isLeader()).toBe(true);
    expect([told, bench.logged]).toEqual([['leads 100'], []]);
  });
});

describe('a term', () => {
  it('is over at the first instruction after a freeze, before any timer has fired', async () => {
    const { bench, campaign, told } = await leading();
    const { signal, lease } = campaign;
    bench.clock.jump(validityMs(10_000));
    expect(campaign.isLeader()).toBe(false);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: 'ERR_LOCK_LOST', reason: 'expired', fence: 100 });
    expect(() => lease?.assertHeld()).toThrow(expect.objectContaining({ code: 'ERR_LOCK_LOST' }));
    expect(told).toEqual(['leads 100', 'lost']);
  });

  it.each([
    ['isLeader()', (campaign) => campaign.isLeader()],
    ['state', (campaign) => campaign.state.leader],
    ['term', (campaign) => campaign.term !== undefined],
    ['signal', (campaign) => !campaign.signal.aborted],
    ['lease', (campaign) => campaign.lease !== undefined],
  ] as [string, (campaign: ReturnType<typeof campaigning>['campaign']) => boolean][])(
    '%s asks the clock',
    async (_, leads) => {
      const { bench, campaign } = await leading();
      bench.clock.jump(validityMs(10_000) - 1);
      expect(leads(campaign)).toBe(true);
      bench.clock.jump(1);
      expect(leads(campaign)).toBe(false);
    },
  );

  it('ends before its lease can when no renewal is answered, and the candidate asks again', async () => {
    const { bench, campaign, told } = await leading();
    let endedAt = NaN;
    campaign.signal.addEventListener('abort', () => (endedAt = bench.clock.now()));
    const deadline = bench.clock.now() + validityMs(10_000);
    await bench.clock.advance('10s');
    expect(endedAt).toBeLessThanOrEqual(deadline - abortMarginMs(10_000) + 5);
    expect(told).toEqual(['leads 100', 'lost']);
    expect(bench.store.wire.filter((call) => !call.startsWith('renew')).slice(1, 3)).toEqual([
      'release .1',
      'acquire .2',
    ]);
    await bench.elect(200);
    expect(campaign.term).toBe(200);
  });

  it('ends when the server says that it is over', async () => {
    const { bench, campaign, told } = await leading();
    bench.store.renewsAtOnce = LOST;
    await bench.clock.advance('4s');
    expect(campaign.isLeader()).toBe(false);
    expect(told).toEqual(['leads 100', 'lost']);
    expect(bench.store.releases).toEqual([]);
  });

  it('is given up before the server hears of it, and the candidate stands in line again behind that', async () => {
    const { bench, campaign, told } = await leading();
    const { signal } = campaign;
    bench.store.answersReleases = false;
    const stepped = campaign.stepDown();
    expect([campaign.isLeader(), signal.aborted]).toEqual([false, true]);
    await bench.clock.settle();
    expect(bench.store.wire).toEqual(['acquire .1', 'release .1', 'acquire .2']);
    bench.store.releases[0]?.answer(true);
    await stepped;
    expect(told).toEqual(['leads 100', 'stepped-down']);
  });

  it('ends by the release of its lease, whoever has that', async () => {
    const { campaign, told } = await leading();
    expect(await campaign.lease?.release()).toBe('released');
    expect(told).toEqual(['leads 100', 'stepped-down']);
    await campaign.stepDown();
    expect(told).toHaveLength(2);
  });

  it('does not begin with a grant that was over when it came', async () => {
    const { bench, campaign, told } = campaigning();
    bench.store.last.grant();
    bench.clock.jump('20s');
    await bench.clock.settle();
    expect(campaign.isLeader()).toBe(false);
    expect(told).toEqual([]);
    await bench.elect(200);
    expect(told).toEqual(['leads 200']);
  });
});

describe('trouble', () => {
  it('is told once, however long it lasts, and again after somebody has answered', async () => {
    const { bench, told } = campaigning();
    const fail = async (): Promise<void> => {
      for (let second = 0; second < 200; second += 1) {
        for (const call of bench.store.acquires) call.fail('disconnected');
        await bench.clock.advance('1s');
      }
    };
    await fail();
    expect(bench.logged).toEqual([
      expect.stringMatching(
        /^No leader .* still trying: Lock "leader:billing" is unavailable \(disconnected\)/,
      ),
    ]);
    expect(bench.events).toEqual([
      expect.objectContaining({ type: 'unavailable', lockName: 'leader:billing', condition: 'disconnected' }),
    ]);
    await bench.elect();
    await bench.clock.advance('20s');
    await fail();
    expect(bench.logged.filter((line) => line.startsWith('No leader'))).toHaveLength(2);
    expect(told).toEqual(['leads 100', 'lost']);
  });

  it('that will not pass is no reason to give up, nor to hurry', async () => {
    const { bench, campaign } = campaigning();
    for (let second = 0; second < 60; second += 1) {
      for (const call of bench.store.acquires) call.fail('wrong-type');
      await bench.clock.advance('1s');
    }
    expect(bench.store.acquires.length).toBeGreaterThan(10);
    expect(bench.store.acquires.length).toBeLessThan(25);
    expect(bench.logged).toEqual([expect.stringContaining('another type of value')]);
    await bench.clock.advance('5s');
    await bench.elect();
    expect(campaign.isLeader()).toBe(true);
  });
});
