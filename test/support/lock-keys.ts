import { KeySpace, type LeaseKeys } from '../../libs/core/src/redis/keys.js';

/** The keys of a lock whose name needs no escaping. */
export function keysOfLock(namespace: string, name: string): LeaseKeys {
  return new KeySpace(namespace).lease(name);
}
