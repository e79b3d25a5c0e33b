/** However long calls are under way and whatever gets lost: nobody believes for longer than a majority of the servers does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WatchedClock } from '../../../../test/integration/protocol/support/watched-clock.js';
import { PostalServer, type Mail } from '../../../../test/quorum/support/postal-server.js';
import type { AcquireReply } from '../lease/lease-store.js';
import { validityMs } from '../lease/deadline.js';
import { QuorumLeaseStore } from './quorum-lease-store.js';

const TTL_MS = 1_000;
const REF = { identity: 'job', token: `${'p'.repeat(22)}.1` };

/** When a call is written, how long it and its answer are under way, and whether either gets lost. */
const mail: fc.Arbitrary<Mail> = fc.record({
  writtenMs: fc.integer({ min: 0, max: 300 }),
  thereMs: fc.integer({ min: 0, max: 1_500 }),
  backMs: fc.integer({ min: 0, max: 1_500 }),
  lost: fc.constantFrom('no', 'no', 'no', 'no', 'the call', 'the answer'),
});
const mailOf = (servers: number) =>
  fc.array(fc.array(mail, { minLength: 8, maxLength: 8 }), { minLength: servers, maxLength: servers });

function setUp(mails: readonly (readonly Mail[])[]) {
  const clock = new WatchedClock();
  const servers = mails.map((post) => new PostalServer(clock, post));
  /** Until when the token is on a majority, if nothing more happens. */
  const securedUntil = (): number =>
    servers.map((server) => server.heldUntil).toSorted((a, b) => b - a)[Math.floor(servers.length / 2)] ?? 0;
  return { clock, store: new QuorumLeaseStore(servers, clock), securedUntil };
}

describe('the deadline of a lease on a majority', () => {
  it.each([3, 5])('is never behind that of the servers it counts on: %i servers', async (count) => {
    await fc.assert(
      fc.asyncProperty(mailOf(count), async (mails) => {
        const { clock, store, securedUntil } = setUp(mails);
        const replies: AcquireReply[] = [];
        store.acquire({
          ...{ ...REF, operation: 'acquire', ttlMs: TTL_MS, queueing: false, grantMs: TTL_MS },
          stillWanted: () => true,
          answered: (reply) => {
            replies.push(reply);
            if (reply.outcome === 'granted')
              expect(reply.sentAt + validityMs(TTL_MS)).toBeLessThan(securedUntil());
          },
          failed: () => undefined,
        });
        await clock.advance(7_000);
        expect(replies.length).toBeLessThan(2);
      }),
    );
  });

  it.each([3, 5])('nor is it after a renewal: %i servers', async (count) => {
    await fc.assert(
      fc.asyncProperty(mailOf(count), async (mails) => {
        const { clock, store, securedUntil } = setUp(mails);
        const renewed = store.renew([{ ...REF, ttlMs: TTL_MS }]).then(
          ({ replies, sentAt }) => {
            if (replies[0]?.outcome === 'renewed')
              expect(sentAt + validityMs(TTL_MS)).toBeLessThan(securedUntil());
          },
          () => undefined,
        );
        await clock.advance(7_000);
        await Promise.race([renewed, clock.settle()]);
      }),
    );
  });
});
