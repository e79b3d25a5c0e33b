/** Something that goes wrong. */
import type { FaultProxy } from '../trial/fault-proxy.mjs';
import type { crowd } from '../trial/crowd.mjs';
import type { UserProcess } from '../process/user-process.mjs';
import type { RedisServer } from '../../harness/redis-server.mjs';
import type { Redis } from 'ioredis';

/** What a fault can do something to. */
export interface Ground {
  readonly key: string;
  /** How the lock of that key is spelled in Redis. */
  readonly lockKey: string;
  readonly ttlMs: number;
  readonly redis: RedisServer;
  readonly admin: Redis;
  /** Between the holder and Redis. The contender has one of its own, which no fault touches. */
  readonly holderProxy: FaultProxy;
  readonly holder: UserProcess;
  readonly contender: UserProcess;
}

interface Named {
  /** Of the fault matrix of the tests, where it is in there. */
  readonly id: string;
  /** What is done, in the words of the report. */
  readonly title: string;
}

/** A holder, a fault, and a contender. */
export interface Contested extends Named {
  /** How long it lasts, in ttls, before `heal` is called. */
  readonly lastsTtls: number;
  /** `taken`: somebody else must get the lock. `kept`: the holder must keep it. */
  readonly expects: 'taken' | 'kept';
  /** The fault is in the grant itself: `strike` lets the holder ask. */
  readonly beforeGrant?: boolean;
  /** The holder cannot know anything before the fault is over. */
  readonly stopsHolder?: boolean;
  /** There is nobody left to be told. */
  readonly endsHolder?: boolean;
  strike(ground: Ground): unknown;
  heal?(ground: Ground): unknown;
  /** Looks at what else is to be known before everybody is told to end; goes into the sample. */
  look?(ground: Ground): Promise<Record<string, unknown>>;
}

/** A trial of another shape. */
export interface Crowded extends Named {
  readonly trial: typeof crowd;
}

export type Fault = Contested | Crowded;
