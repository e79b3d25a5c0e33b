import { describe, expect, it } from 'vitest';
import type { Details } from '../event-channel.js';
import type { JobEvent } from '../job-events.js';
import { hold } from './job-definition.js';
import { JobNews, type RunNews } from './job-news.js';
import type { FinishReply, RunGrant, RunOutcome } from './job-store.js';
import { resolveJob } from './resolve-job.js';

const TICK = 1_800_000_000_000;
const grant: RunGrant = {
  ...{ outcome: 'run', run: String(TICK), fence: 7, attempt: 2, checkpoint: 'secret' },
  ...{ serverMs: TICK, sentAt: 1, epoch: 1 },
};
const about = { job: 'report', run: String(TICK), scheduledAt: TICK, fence: 7, attempt: 2 };

function newsOfAJob() {
  const told: Details<JobEvent>[] = [];
  return { told, news: new JobNews('report', (details) => told.push(details())) };
}

/** A definition of the job with this schedule. */
function definition(cron: string, timeZone = 'UTC') {
  return resolveJob({ name: 'report', cron, timeZone }).own;
}

const done = (outcome: Exclude<FinishReply['outcome'], 'run'>): FinishReply => ({
  outcome,
  serverMs: TICK,
  sentAt: 2,
  epoch: 1,
});

describe('the news of a job', () => {
  it('is that it was paused or goes on, once for each change', () => {
    const { told, news } = newsOfAJob();
    for (const paused of [false, true, true, false, false, true]) {
      news.pausedIs(paused);
      expect(news.paused).toBe(paused);
    }
    expect(told).toEqual(['paused', 'resumed', 'paused'].map((type) => ({ type, job: 'report' })));
  });

  it('is that a run began, without what it saved', () => {
    const { told, news } = newsOfAJob();
    news.started(grant);
    expect(told).toEqual([{ type: 'run-started', ...about }]);
  });

  it.each(['overlap', 'paused', 'missed'] as const)('is that a tick was skipped: %s', (reason) => {
    const { told, news } = newsOfAJob();
    news.skipped(TICK, reason);
    expect(told).toEqual([{ type: 'tick-skipped', job: 'report', scheduledAt: TICK, reason }]);
  });
});

describe('the definition that a job goes by', () => {
  const own = definition('0 3 * * *');
  const other = definition('0 5 * * *', 'Europe/Berlin');
  const ownSchedule = { cron: '0 3 * * *', timeZone: 'UTC' };
  const otherSchedule = { cron: '0 5 * * *', timeZone: 'Europe/Berlin' };

  it('is no news as long as it is its own', () => {
    const { told, news } = newsOfAJob();
    news.goesBy(own, own);
    news.goesBy(own, definition('0 3 * * *'));
    expect(told).toEqual([]);
  });

  it('is news when it is another one, with both, and when it is its own again', () => {
    const { told, news } = newsOfAJob();
    news.goesBy(own, other);
    news.goesBy(own, own);
    news.goesBy(own, own);
    expect(told).toEqual([
      { type: 'definition-superseded', job: 'report', own: ownSchedule, held: otherSchedule },
      { type: 'definition-restored', job: 'report', own: ownSchedule, held: ownSchedule },
    ]);
  });

  it('is news when it differs in anything, and each time when another one replaces another', () => {
    const { told, news } = newsOfAJob();
    news.goesBy(own, hold({ ...own.is, overlap: 'allow' }));
    news.goesBy(own, other);
    expect(told.map(({ type }) => type)).toEqual(['definition-superseded', 'definition-superseded']);
    expect(told).toMatchObject([{ held: ownSchedule }, { held: otherSchedule }]);
  });

  it('is news without its schedule when it cannot be read here', () => {
    const { told, news } = newsOfAJob();
    news.goesBy(own, undefined);
    news.goesBy(own, own);
    expect(told).toEqual([
      { type: 'definition-superseded', job: 'report', own: ownSchedule, held: undefined },
      { type: 'definition-restored', job: 'report', own: ownSchedule, held: ownSchedule },
    ]);
  });

  it('may have no schedule', () => {
    const { told, news } = newsOfAJob();
    const byHand = resolveJob({ name: 'report' }).own;
    news.goesBy(byHand, other);
    expect(told).toMatchObject([{ own: { cron: undefined, timeZone: 'UTC' }, held: otherSchedule }]);
  });
});

describe('how a run ended', () => {
  const ended = (outcome: RunOutcome, reply: FinishReply | undefined): Details<JobEvent> | undefined => {
    const { told, news } = newsOfAJob();
    const ran: RunNews = { outcome, reply, durationMs: 250 };
    news.ended(grant, ran);
    return told.length === 1 ? told[0] : undefined;
  };

  it.each(['ok', 'failed', 'cancelled'] as const)('is told as it was written down: %s', (outcome) => {
    const told = { type: 'run-ended', ...about, outcome, durationMs: 250, recorded: true };
    expect(ended(outcome, done('done'))).toEqual(told);
    // The next run came with the answer.
    expect(ended(outcome, { ...grant, run: String(TICK + 1_000), fence: 8 })).toEqual(told);
  });

  it.each(['ok', 'failed', 'cancelled'] as const)(
    'is lost when another attempt took its place, whatever the body did: %s',
    (outcome) => {
      expect(ended(outcome, done('superseded'))).toMatchObject({ outcome: 'lost', recorded: false });
    },
  );

  it.each(['ok', 'failed', 'cancelled'] as const)(
    'is what the body did, and not written down, when the server did not answer: %s',
    (outcome) => {
      expect(ended(outcome, undefined)).toMatchObject({ outcome, recorded: false });
    },
  );

  it('is lost when its process left it, and it may go on in another one', () => {
    for (const reply of [done('done'), done('superseded'), undefined])
      expect(ended('abandoned', reply)).toMatchObject({ outcome: 'lost', recorded: false });
  });
});
