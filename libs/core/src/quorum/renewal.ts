/**
 * Renews on every server. A lease goes on when a majority renewed it, and is lost when no majority can any more. A server
 * that does not have it although a majority has (it came back empty, or was late when the lock went over) gets it back.
 */
import type { RenewMember, RenewReply, Sent } from '../lease/lease-store.js';
import { asStoreError, StoreError } from '../lease/store-error.js';
import { majorityOf } from './majority.js';
import { noQuorum } from './no-quorum.js';
import type { VotingStore } from './voting-store.js';

export type Renewed = Sent & { readonly replies: readonly RenewReply[] };
type Answer = Renewed | StoreError;

export class Renewal {
  /** Resolves when it is known of every member, or when all servers answered. */
  readonly result: Promise<Renewed>;
  readonly #servers: readonly VotingStore[];
  readonly #members: readonly RenewMember[];
  readonly #answers = new Map<number, Answer>();
  readonly #givenBack = new Set<string>();
  #settle: ((result: Renewed | StoreError) => void) | undefined;

  constructor(servers: readonly VotingStore[], members: readonly RenewMember[]) {
    this.#servers = servers;
    this.#members = members;
    this.result = new Promise((resolve, reject) => {
      this.#settle = (result) => (result instanceof StoreError ? reject(result) : resolve(result));
    });
  }

  /** Resolves when every server has answered. */
  async send(): Promise<void> {
    await Promise.all(
      this.#servers.map(async (store, server) => {
        this.#heard(server, await store.renew(this.#members).catch(asStoreError));
      }),
    );
  }

  /** Its release is under way: no server gets it back. */
  release(token: string): void {
    this.#givenBack.add(token);
  }

  #heard(server: number, answer: Answer): void {
    this.#answers.set(server, answer);
    const verdicts = this.#members.map((_, member) => this.#verdictOn(member));
    if (this.#settle === undefined) this.#bringBack(verdicts, [server]);
    else if (this.#answers.size === this.#servers.length || !verdicts.includes(undefined)) {
      this.#settle(this.#asOne(verdicts));
      this.#settle = undefined;
      this.#bringBack(verdicts, [...this.#answers.keys()]);
    }
  }

  #verdictOn(member: number): RenewReply | undefined {
    const majority = majorityOf(this.#servers.length);
    const replies = [...this.#answers.values()].flatMap((answer) => replyTo(member, answer) ?? []);
    if (replies.filter(({ outcome }) => outcome === 'renewed').length >= majority)
      return { outcome: 'renewed' };
    const lost = replies.filter((reply) => isLost(reply) || isWrongType(reply)).length;
    return lost > this.#servers.length - majority ? { outcome: 'lost' } : undefined;
  }

  #asOne(verdicts: readonly (RenewReply | undefined)[]): Answer {
    const answers = [...this.#answers.values()];
    const renewed = answers.flatMap((answer) => (answer instanceof StoreError ? [] : answer));
    const trouble = noQuorum(this.#servers.length, answers);
    if (renewed.length === 0) return trouble;
    return {
      // The earliest of all: whichever servers a member counts on, its locks were armed after that.
      sentAt: Math.min(...renewed.map(({ sentAt }) => sentAt)),
      epoch: 0,
      replies: verdicts.map((verdict) => verdict ?? { outcome: 'failed', error: trouble }),
    };
  }

  #bringBack(verdicts: readonly (RenewReply | undefined)[], servers: readonly number[]): void {
    for (const server of servers) {
      for (const [at, member] of this.#members.entries()) {
        if (verdicts[at]?.outcome !== 'renewed' || this.#givenBack.has(member.token)) continue;
        const reply = replyTo(at, this.#answers.get(server));
        if (reply !== undefined && isLost(reply)) this.#servers[server]?.rejoin(member);
      }
    }
  }
}

function replyTo(member: number, answer: Answer | undefined): RenewReply | undefined {
  return answer === undefined || answer instanceof StoreError ? undefined : answer.replies[member];
}

function isLost({ outcome }: RenewReply): boolean {
  return outcome === 'lost';
}

/** Somebody put a key of another kind in its place. */
function isWrongType(reply: RenewReply): boolean {
  if (reply.outcome !== 'failed') return false;
  return reply.error instanceof StoreError && reply.error.condition === 'wrong-type';
}
