import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    redisUrl: string;
  }
}

/** Address of the redis-server that all specs of this project share; the same as `inject('redisUrl')`. */
export function sharedRedisUrl(): string {
  return inject('redisUrl');
}
