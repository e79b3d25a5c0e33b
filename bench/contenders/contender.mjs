// What a contender is. There is no code here, only types for the editor.

/**
 * @typedef {object} LockOptions
 * @property {number} ttlMs how long a dead holder would block the others
 * @property {number} waitMs how long to wait for a busy lock
 */

/**
 * @typedef {object} TryOptions
 * @property {number} ttlMs
 * @property {number} holdAtLeastMs how long the lock must stay taken after the grant
 */

/**
 * One connected contender. `options` are always the same object for one workload, so that whatever can be prepared
 * once is prepared once, by every contender that can.
 *
 * @typedef {object} Client
 * @property {(key: string, options: LockOptions) => Promise<unknown>} [acquire] rejects when it gave up
 * @property {(handle: any) => Promise<unknown>} [release]
 * @property {(key: string, options: TryOptions) => Promise<unknown>} [tryOnce] `undefined` when the lock is busy
 * @property {(key: string, options: { ttlMs: number }) => Promise<unknown>} [hold] acquires, and renews until released
 * @property {(handle: any) => boolean} [isLost]
 * @property {(key: string, limit: { points: number, windowMs: number }) => Promise<boolean>} [consume]
 */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} about one line for the report
 * @property {('lock' | 'wait' | 'tryOnce' | 'hold' | 'limit')[]} can
 * @property {Record<string, string>} [cannot] why not
 * @property {Record<string, string>} [cannotInQuick] why not
 * @property {(key: string) => string} [lockKeyOf] how its lock is spelled in Redis
 * @property {(key: string) => string} [fenceKeyOf] what else stays in Redis for a name
 * @property {string} [renewsWith] the command of Redis that is called once for each renewal
 * @property {(place: { port: number, processIndex: number }) => Promise<Client>} connect
 */
