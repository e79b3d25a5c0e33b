import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  getHoldfastToken,
  getLeaderServiceToken,
  HoldfastModule,
  InjectHoldfast,
  InjectLeaderService,
  LeaderService,
  leadership$,
  OnlyLeader,
  type Campaign,
  type Holdfast,
  type Leadership,
} from '@holdfast/nest';
import { firstValueFrom, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { eventually, within } from '../support/eventually.js';
import { Gate } from './support/gate.js';
import { connected, startApp, type TestApp } from './support/test-app.js';

const ELECTION = 'billing';

@Injectable()
class Nightly implements OnModuleInit {
  readonly gate = new Gate();
  campaign: Campaign | undefined;
  runs = 0;

  constructor(private readonly leaders: LeaderService) {}

  onModuleInit(): void {
    this.campaign = this.leaders.campaign(ELECTION, { ttl: '700ms' });
  }

  @OnlyLeader({ election: ELECTION })
  async run(): Promise<string | undefined> {
    this.runs += 1;
    await this.gate.opened;
    return 'done';
  }
}

describe('LeaderService', () => {
  it('is the one of the instance, for the unnamed and for a named one', async () => {
    @Injectable()
    class Both {
      constructor(
        readonly leaders: LeaderService,
        @InjectLeaderService('billing') readonly billing: LeaderService,
        @InjectHoldfast() readonly holdfast: Holdfast,
        @Inject(getHoldfastToken('billing')) readonly named: Holdfast,
      ) {}

      @OnlyLeader({ election: ELECTION, instance: 'billing' })
      async bill(): Promise<string | undefined> {
        return 'billed';
      }
    }
    const [unnamed, billing] = [connected(), connected()];
    const shop = await startApp({
      holdfastModules: [
        HoldfastModule.forRoot(unnamed),
        HoldfastModule.forRoot({ ...billing, instance: 'billing' }),
      ],
      namespace: unnamed.namespace,
      providers: [Both],
    });
    const both = shop.app.get(Both);
    expect(both.leaders).toBe(both.holdfast.leaders);
    expect(both.billing).toBe(both.named.leaders);
    expect(shop.app.get(getLeaderServiceToken('billing'))).toBe(both.billing);
    expect(await eventually(() => both.bill())).toBe('billed');
    expect(both.leaders.campaign(ELECTION).isLeader()).toBe(false);
  });

  it('gives the campaign its options when it is asked before the application has started', async () => {
    const shop = await startApp({ providers: [Nightly] });
    const nightly = shop.app.get(Nightly);
    await nightly.campaign?.whenLeader();
    nightly.gate.open();
    expect(await nightly.run()).toBe('done');
    expect(nightly.campaign?.lease?.remainingMs).toBeLessThan(700);
  });
});

describe('when the application shuts down', () => {
  it('another replica leads at once, while a body of the old one is still at work', async () => {
    const shop = await startApp({ providers: [Nightly] });
    const nightly = shop.app.get(Nightly);
    await nightly.campaign?.whenLeader();
    const other = shop.outsider.leaders.campaign(ELECTION, { ttl: '700ms' });
    const run = nightly.run();
    await eventually(() => nightly.runs === 1);
    const lease = await shop.app.get<Holdfast>(getHoldfastToken()).locks.acquire('somebody still holds');

    const closing = shop.app.close();
    await within(500, 'the next leader', other.whenLeader());
    expect(nightly.campaign?.state).toEqual({ leader: false, why: 'stopped' });
    expect(await nightly.run()).toBeUndefined();
    nightly.gate.open();
    expect(await run).toBe('done');
    await lease.release();
    await closing;
    expect(nightly.runs).toBe(1);
  });
});

describe('leadership$', () => {
  /** Subscribes, and writes down what comes. */
  function watch({ app }: TestApp) {
    const seen: Leadership[] = [];
    let completed = false;
    const subscription = leadership$(app.get(LeaderService), ELECTION).subscribe({
      next: (now) => seen.push(now),
      complete: () => (completed = true),
    });
    return { seen, subscription, isComplete: () => completed };
  }

  it('tells the state at once and each change, from the first subscription on', async () => {
    const shop = await startApp({});
    const { seen, subscription } = watch(shop);
    expect(seen).toEqual([{ leader: false, why: 'standby' }]);
    await eventually(() => seen.length === 2);
    expect(seen[1]).toMatchObject({ leader: true });
    const late = watch(shop);
    expect(late.seen).toEqual([seen[1]]);
    late.subscription.unsubscribe();
    const other = shop.outsider.leaders.campaign(ELECTION);
    subscription.unsubscribe();
    await within(500, 'the next leader', other.whenLeader());
  });

  it('ends when the application shuts down', async () => {
    const shop = await startApp({});
    const { seen, isComplete } = watch(shop);
    await eventually(() => seen.length === 2);
    await shop.close();
    expect(seen.slice(2)).toEqual([{ leader: false, why: 'stopped' }]);
    expect(isComplete()).toBe(true);
    const late = watch(shop);
    expect([late.seen, late.isComplete()]).toEqual([[{ leader: false, why: 'stopped' }], true]);
  });

  it('leaves no candidate behind when it is let go in its first value', async () => {
    const shop = await startApp({});
    const first = await firstValueFrom(leadership$(shop.app.get(LeaderService), ELECTION).pipe(take(1)));
    expect(first).toEqual({ leader: false, why: 'standby' });
    await within(500, 'the other one', shop.outsider.leaders.campaign(ELECTION).whenLeader());
  });

  it('fails for an election that cannot work', async () => {
    const shop = await startApp({});
    const failed = firstValueFrom(leadership$(shop.app.get(LeaderService), ''));
    await expect(failed).rejects.toMatchObject({ code: 'ERR_LOCK_CONFIG' });
  });
});
