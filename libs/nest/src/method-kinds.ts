/** What methods of each decorator stand behind: which service, which options, and how errors speak of it. */
import type { LockService, OnceService, PreparedLock, SemaphoreService } from '@holdfast/core';
import type { OnceMethodOptions } from './once-options.js';
import { lockSlot, onceSlot, semaphoreSlot, type Slot } from './wiring.js';
import type { WithLockOptions } from './with-lock-options.js';
import type { WithPermitOptions } from './with-permit-options.js';

/** Options as they arrive: of whatever key function, and possibly from JavaScript. */
export type AnyWithLockOptions = WithLockOptions<never[]>;
export type AnyWithPermitOptions = WithPermitOptions<never[]>;
export type AnyOnceOptions = OnceMethodOptions<never[]>;
export type AnyOptions = AnyWithLockOptions | AnyWithPermitOptions | AnyOnceOptions;

/** What calls are let in by. */
export type PreparedCalls = Pick<PreparedLock, 'run' | 'tryRun'>;

/** What a decorated method asks its service for. */
export interface PreparingService {
  prepare(name: string, options: object): PreparedCalls;
}

/** What methods of all kinds may ask. */
export interface GuardingServices {
  readonly locks: LockService;
  readonly semaphores: SemaphoreService;
  readonly once: OnceService;
}

/** What a method stands behind, and how errors speak of it. */
export interface MethodKind {
  readonly decorator: '@WithLock' | '@WithPermit' | '@Once';
  readonly service: 'LockService' | 'SemaphoreService' | 'OnceService';
  /** What it finds by the instance of the class, for the sentence that says why a static method has none. */
  readonly needs: string;
  /** How it is written, for whoever left its options out. */
  readonly example: string;
  readonly wire: string;
  readonly serviceIn: (services: GuardingServices) => PreparingService;
  readonly slotOf: (instance: string | undefined) => Slot<PreparingService>;
  /** Options that the service checks. */
  readonly ofCore: readonly string[];
}

const OF_BOTH = ['ttl', 'holdAtMost', 'reentrant', 'whenLost', 'wait'] as const;

export const LOCK: MethodKind = {
  decorator: '@WithLock',
  service: 'LockService',
  needs: 'find its locks by',
  example: "@WithLock('reindex')",
  wire: 'wireLocks(object, locks',
  serviceIn: ({ locks }) => locks,
  slotOf: lockSlot,
  ofCore: [
    'mode',
    'lockDelay',
    'holdAtLeast',
    'durability',
    ...OF_BOTH,
  ] satisfies (keyof AnyWithLockOptions)[],
};

export const PERMIT: MethodKind = {
  decorator: '@WithPermit',
  service: 'SemaphoreService',
  needs: 'find its semaphores by',
  example: "@WithPermit({ name: 'thumbnails', permits: 5 })",
  wire: 'wireSemaphores(object, semaphores',
  serviceIn: ({ semaphores }) => semaphores,
  slotOf: semaphoreSlot,
  ofCore: ['permits', 'weight', ...OF_BOTH] satisfies (keyof AnyWithPermitOptions)[],
};

export const ONCE: MethodKind = {
  decorator: '@Once',
  service: 'OnceService',
  needs: 'find what it remembers by',
  example: "@Once({ name: 'invoice', remember: '30d' })",
  wire: 'wireOnce(object, once',
  serviceIn: ({ once }) => once,
  slotOf: onceSlot,
  ofCore: ['remember', 'whenFailed', 'maxBytes', 'ttl', 'wait'] satisfies (keyof AnyOnceOptions)[],
};
