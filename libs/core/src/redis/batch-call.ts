/**
 * Acquires and releases of one tick in one call of `lease/batch`. What it says is decided each time it is sent: an
 * acquire that was given up since must not take a lock behind its own clean-up, so it goes as a release of its token.
 * Where a token is of the same process as the one before it, the process is left out.
 */
import { asStoreError, type StoreError } from '../lease/store-error.js';
import type { ReleaseRequest } from '../lease/lease-store.js';
import { PROCESS_ID_LENGTH } from '../lease/token-source.js';
import { answer, termsOf, type BatchMember } from './batch-member.js';
import type { KeySpace } from './keys.js';
import { bulk } from './resp.js';
import type { ScriptCall, ScriptReceipt, SpelledCall } from './script-host.js';
import { leaseBatch } from './scripts.generated.js';

/** What is the same for all calls of a store. */
export interface BatchTerms {
  readonly keys: KeySpace;
  /** Whether a free lock may be pushed to a waiter, or only the news that it is free. */
  readonly byGrant: boolean;
}

export class BatchCall implements ScriptCall {
  readonly script = leaseBatch;
  readonly #terms: BatchTerms;
  #members: readonly BatchMember[];

  constructor(members: readonly BatchMember[], terms: BatchTerms) {
    this.#members = members;
    this.#terms = terms;
  }

  get members(): readonly BatchMember[] {
    return this.#members;
  }

  get keys(): readonly string[] {
    return this.#members.flatMap(({ identity }) => {
      const { lock, fence, queue } = this.#terms.keys.lease(identity);
      return [lock, fence, queue];
    });
  }

  get args(): readonly (string | number)[] {
    this.#withdrawUnwanted();
    let before = '';
    return this.#members.flatMap((member) => {
      const { ttlMs, idleMs } = termsOf(member, this.#terms.byGrant);
      const token = tokenBehind(before, member.token);
      before = member.token;
      return [token, ttlMs, idleMs];
    });
  }

  spell(): SpelledCall {
    const bulks: string[] = [];
    for (const { identity } of this.#members) this.#terms.keys.spellLease(identity, bulks);
    for (const arg of this.args) bulks.push(bulk(arg));
    const count = 3 * this.#members.length;
    return { keyCount: count, argCount: count, bulks: bulks.join('') };
  }

  /** A reply that breaks off is an answer to those it reaches, and trouble to the others. */
  answer(receipt: ScriptReceipt): void {
    let at = 0;
    let broken: StoreError | undefined;
    for (const member of this.#members) {
      if (broken === undefined) {
        try {
          at = answer(member, receipt, at);
          continue;
        } catch (error) {
          broken = asStoreError(error);
        }
      }
      member.failed(broken);
    }
  }

  #withdrawUnwanted(): void {
    const unwanted = (member: BatchMember): boolean =>
      member.operation === 'acquire' && !member.stillWanted();
    if (!this.#members.some(unwanted)) return;
    this.#members = this.#members.map((member) => (unwanted(member) ? withdrawn(member) : member));
  }
}

/** A token as it is sent behind another one: without its process where that is the same. */
function tokenBehind(before: string, token: string): string {
  const process = token.slice(0, PROCESS_ID_LENGTH);
  return token[PROCESS_ID_LENGTH] === '.' && before.startsWith(process) && before[PROCESS_ID_LENGTH] === '.'
    ? token.slice(PROCESS_ID_LENGTH)
    : token;
}

/** Nobody waits for its answer. */
function withdrawn({ identity, token }: BatchMember): ReleaseRequest {
  const nobody = (): void => undefined;
  return { operation: 'release', identity, token, holdMs: 0, answered: nobody, failed: nobody };
}
