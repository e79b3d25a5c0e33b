/** `quorum/rejoin`: a lease comes back to a server that lost it. */
import { expect, it } from 'vitest';
import { about, anna, ben, tokenOf } from '../cast.js';
import { useLuaBench } from '../lua-bench.js';
import { text } from './seats.js';

const lua = useLuaBench();
const rejoin = ['quorum/rejoin', { token: tokenOf(anna), ttlMs: 30_000 }] as const;

it('puts the token where nobody holds', async () => {
  expect(await lua().transition({ run: rejoin })).toEqual({
    reply: [1],
    pushed: [],
    after: { lock: text(tokenOf(anna), about(30_000)) },
  });
});

it('leaves a lock that is there as it is', async () => {
  const given = { lock: text(tokenOf(ben), 9_000) };
  expect(await lua().transition({ given, run: rejoin })).toEqual({
    reply: [0],
    pushed: [],
    after: { lock: text(tokenOf(ben), about(9_000)) },
  });
});
