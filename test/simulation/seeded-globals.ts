/**
 * Chance and turns of the event loop that do not come through a port: while a seed runs they are the seed's.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Prng } from './prng.js';
import type { VirtualTime } from './virtual-time.js';

const { randomBytes } = crypto;
const { random } = Math;
const real = { setImmediate: globalThis.setImmediate };

/** Takes them over until the returned function is called. */
export function seedGlobals(prng: Prng, time: VirtualTime): () => void {
  Object.assign(Math, { random: () => prng.next() });
  Object.assign(crypto, {
    randomBytes: (size: number) => Buffer.from(Array.from({ length: size }, () => prng.whole(0, 255))),
  });
  Object.assign(globalThis, { setImmediate: (run: () => void) => time.after(0, run) });
  syncBuiltinESMExports();
  return () => {
    Object.assign(Math, { random });
    Object.assign(crypto, { randomBytes });
    Object.assign(globalThis, real);
    syncBuiltinESMExports();
  };
}
