/**
 * Acquires and releases of one tick in one call of `lease/batch`. What it says is decided each time it is sent: an
 * acquire that was given up since must not take a lock behind its own clean-up, so it goes as a release of nothing: its
 * token may be held, and the one release of it is another's to send.
 * Where a token is of the same process as the one before it, the process is left out.
 */
import { asStoreError, type StoreError } from '../lease/store-error.js';
import type { ReleaseRequest } from '../lease/lease-store.js';
import { answer, termsOf, type BatchMember, type MemberTerms } from './batch-member.js';
import { isOf, processOf } from '../lease/token.js';
import type { KeySpace } from './keys.js';
import { bulk, bulkHeader } from './resp.js';
import type { ScriptCall, ScriptReceipt, SpelledCall } from './script-host.js';
import { leaseBatch } from './scripts.generated.js';

/** What is the same for all calls of a store. */
export interface BatchTerms {
  readonly keys: KeySpace;
  /** Whether a free lock may be pushed to a waiter, or only the news that it is free. */
  readonly byGrant: boolean;
}

const NOBODYS_TOKEN = '';

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

  get forReplicas(): boolean {
    return this.#members.some(({ operation }) => operation === 'acquire');
  }

  get keys(): readonly string[] {
    return this.#members.flatMap(({ identity }) => {
      const { lock, fence, queue } = this.#terms.keys.lease(identity);
      return [lock, fence, queue];
    });
  }

  get args(): readonly (string | number)[] {
    this.#withdrawUnwanted();
    let before: string | undefined;
    return this.#members.flatMap((member) => {
      const { ttlMs, idleMs } = termsOf(member, this.#terms.byGrant);
      const token = behind(before, member.token);
      if (token === member.token) before = processOf(token);
      return [token, ttlMs, idleMs];
    });
  }

  /** The same as {@link keys} and {@link args}, without making them: what is alike is spelled once. */
  spell(): SpelledCall {
    this.#withdrawUnwanted();
    const { keys, byGrant } = this.#terms;
    const count = this.#members.length;
    // Of its full length at once: growing a list of a thousand pieces is a third of the garbage of a call.
    const pieces: string[] = [];
    pieces.length = 10 * count;
    let at = 0;
    for (const { identity } of this.#members) {
      keys.spellLease(identity, pieces, at);
      at += 7;
    }
    let before: string | undefined;
    let told: MemberTerms = { ttlMs: 0, idleMs: 0 };
    let toldAs = spellTerms(told);
    for (const member of this.#members) {
      const terms = termsOf(member, byGrant);
      if (terms.ttlMs !== told.ttlMs || terms.idleMs !== told.idleMs) {
        told = terms;
        toldAs = spellTerms(terms);
      }
      const token = behind(before, member.token);
      if (token === member.token) before = processOf(token);
      pieces[at] = bulkHeader(token);
      pieces[at + 1] = token;
      pieces[at + 2] = toldAs;
      at += 3;
    }
    return { keyCount: 3 * count, argCount: 3 * count, bulks: pieces.join('') };
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
    if (this.#members.some(isUnwanted))
      this.#members = this.#members.map((member) => (isUnwanted(member) ? withdrawn(member) : member));
  }
}

/** Behind a token, whose end is spelled here too. */
function spellTerms({ ttlMs, idleMs }: MemberTerms): string {
  return `\r\n${bulk(ttlMs)}${bulk(idleMs)}`;
}

/** A token as it is sent behind one of the process `before`. */
function behind(before: string | undefined, token: string): string {
  return before !== undefined && isOf(before, token) ? token.slice(before.length) : token;
}

function isUnwanted(member: BatchMember): boolean {
  return member.operation === 'acquire' && !member.stillWanted();
}

/** Nobody waits for its answer. */
function withdrawn({ identity }: BatchMember): ReleaseRequest {
  const nobody = (): void => undefined;
  return {
    operation: 'release',
    identity,
    token: NOBODYS_TOKEN,
    holdMs: 0,
    answered: nobody,
    failed: nobody,
  };
}
