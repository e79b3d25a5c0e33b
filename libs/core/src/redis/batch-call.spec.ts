/** Calls that spell themselves: the same as their keys and arguments, byte for byte. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AcquireRequest, ReleaseRequest } from '../lease/lease-store.js';
import { identityOf } from '../lease/lease-name.js';
import { BatchCall } from './batch-call.js';
import { KeySpace } from './keys.js';
import { RenewCall } from './renew-call.js';
import { bulk } from './resp.js';
import type { ScriptCall } from './script-host.js';
import { leaseBatch, leaseRenew } from './scripts.generated.js';

const nobody = (): void => undefined;
const token = fc.oneof(
  fc
    .tuple(fc.constantFrom('p', 'q'), fc.nat(2_000))
    .map(([process, count]) => `${process.repeat(22)}.${count.toString(36)}`),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
);
const identity = fc
  .tuple(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 90 }),
    fc.option(fc.nat(9), { nil: undefined }),
  )
  .map(([name, key]) => identityOf(name, key));
const ms = fc.constantFrom(0, 1, 100, 30_000, 86_400_000);
const acquire = fc
  .record({
    identity,
    token,
    ttlMs: ms.filter((some) => some > 0),
    queueing: fc.boolean(),
    grantMs: ms,
    wanted: fc.boolean(),
  })
  .map(({ wanted, ...terms }): AcquireRequest => ({
    operation: 'acquire',
    stillWanted: () => wanted,
    answered: nobody,
    failed: nobody,
    ...terms,
  }));
const release = fc
  .record({ identity, token, holdMs: ms })
  .map((terms): ReleaseRequest => ({ operation: 'release', answered: nobody, failed: nobody, ...terms }));
const members = fc.array(fc.oneof(acquire, release), { minLength: 1, maxLength: 20 });

function argumentByArgument({ keys, args }: ScriptCall) {
  const bulks = [...keys, ...args].map(bulk).join('');
  return { keyCount: keys.length, argCount: args.length, bulks };
}

describe('a call that spells itself', () => {
  it('says what its keys and arguments say: acquires and releases', () => {
    fc.assert(
      fc.property(members, fc.boolean(), fc.string({ minLength: 1 }), (some, byGrant, namespace) => {
        const keys = new KeySpace(namespace);
        const call = new BatchCall(some, { keys, byGrant });
        expect(call.spell()).toEqual(argumentByArgument(call));
      }),
    );
  });

  it('says what its keys and arguments say: renewals', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ identity, token, ttlMs: ms })),
        fc.string({ minLength: 1 }),
        (some, namespace) => {
          const call = new RenewCall(some, new KeySpace(namespace));
          expect(call.spell()).toEqual(argumentByArgument(call));
        },
      ),
    );
  });

  it('keeps to the order of the headers', () => {
    expect([leaseBatch.eachKeys, leaseBatch.eachArgs]).toEqual([
      ['lock', 'fence', 'queue'],
      ['token', 'ttlMs', 'idleMs'],
    ]);
    expect([leaseRenew.eachKeys, leaseRenew.eachArgs]).toEqual([['lock'], ['token', 'ttlMs']]);
  });

  it('leaves the process out behind a token of the same one, whole again for every other', () => {
    const tokens = [
      'a'.repeat(22) + '.1',
      'a'.repeat(22) + '.2',
      'alien',
      'a'.repeat(22) + '.3',
      'b'.repeat(22) + '.4',
    ];
    const some = tokens.map((one): ReleaseRequest => ({
      operation: 'release',
      identity: 'x',
      token: one,
      holdMs: 0,
      answered: nobody,
      failed: nobody,
    }));
    const { args } = new BatchCall(some, { keys: new KeySpace('shop'), byGrant: true });
    const told = args.filter((_, index) => index % 3 === 0);
    expect(told).toEqual([tokens[0], '.2', 'alien', tokens[3], tokens[4]]);
  });
});
