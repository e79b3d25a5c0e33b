/** What permits, several locks and limiters take, and what not. Compiled only. */
import {
  Once,
  RateLimit,
  WithLock,
  WithPermit,
  type LeaseSet,
  type LockService,
  type RateDecision,
  type RateLimiterService,
  type SemaphoreService,
} from '@holdfast/nest';

export class Decorated {
  @WithPermit({ name: 'thumbnails', permits: 5 })
  async render(image: string): Promise<string> {
    return image;
  }

  @WithPermit({ name: 'customer', permits: 1, weight: 1, key: (id: string) => id, whenBusy: 'skip' })
  async perhaps(id: string): Promise<string | undefined> {
    return id;
  }

  @WithLock({ name: 'prices', mode: 'read' })
  async read(): Promise<number> {
    return 1;
  }

  @RateLimit({
    name: 'api',
    limits: [
      { limit: 1, per: '1s' },
      { algorithm: 'fixed-window', limit: 9, per: '1d' },
    ],
  })
  async limited(): Promise<void> {}

  // @ts-expect-error -- how many there are has to be said
  @WithPermit({ name: 'thumbnails' })
  async withoutPermits(): Promise<void> {}

  // @ts-expect-error -- it may be left out, and its promise cannot be undefined
  @WithPermit({ name: 'thumbnails', permits: 5, whenBusy: 'skip' })
  async never(): Promise<string> {
    return 'done';
  }

  // @ts-expect-error -- the key function takes another type than the method
  @WithPermit({ name: 'customer', permits: 1, key: (id: number) => id })
  async ofText(id: string): Promise<string> {
    return id;
  }

  @Once({ name: 'invoice', key: (id: string) => id, remember: '30d' })
  async once(id: string): Promise<string> {
    return id;
  }

  // @ts-expect-error -- for how long has to be said
  @Once({ name: 'invoice' })
  async forHowLong(): Promise<void> {}

  // @ts-expect-error -- what comes of it is kept as JSON, which a stream is not
  @Once({ name: 'invoice', remember: '30d' })
  async *streamed(): AsyncGenerator<number> {
    yield 1;
  }

  // @ts-expect-error -- so many, but in how long?
  @RateLimit({ name: 'api', limits: { limit: 10 } })
  async endless(): Promise<void> {}
}

export async function locked(locks: LockService): Promise<LeaseSet> {
  await locks.runAll(['a', { name: 'b', key: 7, mode: 'read' }], async ({ leases, signal }) => {
    signal.throwIfAborted();
    return leases.length;
  });
  // @ts-expect-error -- what is given back while others are waited for would stay taken
  await locks.acquireAll(['a'], { holdAtLeast: '5s' });
  // @ts-expect-error -- a key belongs to one of the locks
  await locks.acquireAll(['a'], { key: 7 });
  return locks.acquireAll(['a', 'b'], { ttl: '5s', wait: '1s' });
}

export async function limited(limiters: RateLimiterService): Promise<number> {
  const api = limiters.define('api', {
    limits: { algorithm: 'token-bucket', capacity: 5, refill: 1, per: '1s' },
  });
  const decision = await api.consume('customer', 2);
  // @ts-expect-error -- who passed has nothing to wait for
  decision.retryAfterMs.toFixed();
  // @ts-expect-error -- a bucket has a capacity and no limit
  limiters.define('api', { limits: { algorithm: 'token-bucket', limit: 5, per: '1s' } });
  // @ts-expect-error -- no such algorithm
  limiters.define('api', { limits: { algorithm: 'leaky', limit: 5, per: '1s' } });
  return waitOf(decision);
}

function waitOf(decision: RateDecision): number {
  if (!decision.allowed) return decision.retryAfterMs;
  return decision.counted ? -decision.remaining : 0;
}

export function taken(semaphores: SemaphoreService) {
  // @ts-expect-error -- how many there are has to be said
  void semaphores.acquire('gpu', { weight: 2 });
  return semaphores.tryRun('gpu', { permits: 2 }, (lease) => lease.fence);
}
