/** Leadership as a stream. */
import type { CampaignOptions, Leadership, LeaderService } from '@holdfast/core';
import { Observable } from 'rxjs';

/**
 * Whether this process leads `election`: now, and at each change. Each subscription is a campaign, from subscribe to
 * unsubscribe; the process is a candidate as long as there is one, here, in `@OnlyLeader` or elsewhere. Completes after
 * `{ leader: false, why: 'stopped' }`, when the application shuts down.
 *
 * Fails with LockConfigError when the name or an option cannot work.
 *
 * @example `leadership$(this.leaders, 'billing').subscribe(({ leader }) => this.gauge.set(leader ? 1 : 0))`
 */
export function leadership$(
  leaders: LeaderService,
  election: string,
  options: CampaignOptions = {},
): Observable<Leadership> {
  return new Observable((subscriber) => {
    const campaign = leaders.campaign(election, options);
    const tell = (now: Leadership): void => {
      subscriber.next(now);
      if (!now.leader && now.why === 'stopped') subscriber.complete();
    };
    const unlisten = campaign.onChange(tell);
    tell(campaign.state);
    return () => {
      unlisten();
      void campaign.stop();
    };
  });
}
