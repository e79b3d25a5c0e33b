/**
 * What must hold at the server, looked at before and after each call: fences grow, nobody barges, a free lock goes to who
 * waits, what was given back stays given back, nobody loses what is his to a stranger, and every key ends by itself.
 */
import type { Bytes } from '../../libs/embedded/src/bytes.js';
import type { Judge } from './judge.js';
import { counterOf, holderOf, processOf, waitersOf, type ServerView, type Waiter } from './lock-state.js';
import type { CallWatch, WireCall } from './server.js';
import type { Trace } from './trace.js';

export const FENCES_OF_A_BLOCK = 16;
/** A key without an end does not go away meanwhile. */
const CALLS_BETWEEN_LOOKS = 8;
const MARKER = 'held:';

/** One lock in one call. */
interface Touched {
  readonly lock: Bytes;
  readonly heldBefore: string | undefined;
  readonly waitedBefore: readonly Waiter[];
}

/** A grant as the server made it. */
export interface ServerGrant {
  readonly lock: string;
  readonly token: string;
  readonly firstFence: number;
  /** The how manieth grant of this lock. */
  readonly order: number;
  /** Whether it went to somebody who waited, in a call of another process. */
  readonly pushed: boolean;
}

export class ServerWatch implements CallWatch {
  readonly #view: ServerView;
  readonly #judge: Judge;
  readonly #trace: Trace;
  readonly #told: (grant: ServerGrant) => void;
  readonly #highest = new Map<string, number>();
  readonly #orders = new Map<string, number>();
  readonly #givenBack = new Set<string>();
  /** Given back, and then asked for by bytes that came late: may hold, or stand in line, for one ttl. */
  readonly #ghosts = new Set<string>();
  #calls = 0;
  #touched: readonly Touched[] = [];
  /** By the call under way. */
  #givenBackNow: ReadonlySet<string> = new Set();

  constructor(view: ServerView, { judge, trace }: { judge: Judge; trace: Trace }, told: ServerWatch['told']) {
    this.#view = view;
    this.#judge = judge;
    this.#trace = trace;
    this.#told = told;
  }

  get told(): (grant: ServerGrant) => void {
    return this.#told;
  }

  hasGivenBack(token: string): boolean {
    return this.#givenBack.has(token);
  }

  /** A replica took over that has not heard of the last releases. */
  forgetReleases(): void {
    this.#givenBack.clear();
  }

  before(call: WireCall): void {
    this.#touched = Array.from(locksOf(call), (lock) => ({
      lock,
      heldBefore: holderOf(this.#view, lock),
      waitedBefore: waitersOf(this.#view, lock),
    }));
  }

  after(call: WireCall): void {
    this.#trace.detail(
      'server',
      () => `${call.name}${call.stray ? ' (stray)' : ''} ${call.keys[0]} ${call.args.join(' ')}`,
    );
    this.#givenBackNow = releasesIn(call);
    if (call.stray)
      for (const token of tokensIn(call)) if (this.#givenBack.has(token)) this.#ghosts.add(token);
    for (const touched of this.#touched) this.#look(touched, call);
    for (const token of this.#givenBackNow) this.#givenBack.add(token);
    this.#calls += 1;
    if (this.#calls % CALLS_BETWEEN_LOOKS === 0) this.#keysEnd();
  }

  #look(touched: Touched, call: WireCall): void {
    const { lock, heldBefore } = touched;
    const holder = holderOf(this.#view, lock);
    // A renewal has nothing to do with the line.
    if (holder === undefined && call.name === 'lease/batch') this.#nobodyWaits(touched);
    if (holder === heldBefore) return;
    this.#trace.add(
      'server',
      `${lock}: ${heldBefore ?? '-'} -> ${holder ?? '-'}${call.stray ? ' (stray)' : ''}`,
    );
    if (heldBefore !== undefined && !heldBefore.startsWith(MARKER) && !this.#givenBackNow.has(heldBefore))
      this.#judge.violated('nobody loses to a stranger', `${call.name} took ${lock} from ${heldBefore}`);
    if (holder !== undefined && !holder.startsWith(MARKER)) this.#granted(holder, touched, call);
  }

  #nobodyWaits({ lock }: Touched): void {
    const first = waitersOf(this.#view, lock).find(({ live }) => live);
    if (first !== undefined)
      this.#judge.violated(
        'a free lock goes to who waits for it',
        `${lock} is free and ${first.token} waits`,
      );
  }

  #granted(token: string, touched: Touched, call: WireCall): void {
    const { lock, waitedBefore } = touched;
    if (this.#givenBack.has(token) && !this.#ghosts.has(token))
      this.#judge.violated('a token that was given back never holds again', `${lock}: ${token}`);
    // Whoever asks for itself lives, whatever its heartbeat says.
    const first = waitedBefore.find(
      (waiter) => waiter.token === token || (waiter.live && !this.#givenBackNow.has(waiter.token)),
    );
    if (first !== undefined && first.token !== token)
      this.#judge.violated('nobody barges', `${lock} went to ${token} and not to ${first.token}`);
    const firstFence = counterOf(this.#view, lock) - FENCES_OF_A_BLOCK + 1;
    const highest = this.#highest.get(lock) ?? 0;
    if (!(firstFence > highest))
      this.#judge.violated('fences grow', `${lock}: ${firstFence} behind ${highest}`);
    this.#highest.set(lock, firstFence + FENCES_OF_A_BLOCK - 1);
    const order = (this.#orders.get(lock) ?? 0) + 1;
    this.#orders.set(lock, order);
    const pushed = waitedBefore.some((waiter) => waiter.token === token) && !tokensIn(call).has(token);
    this.#told({ lock, token, firstFence, order, pushed });
  }

  #keysEnd(): void {
    const { keyspace } = this.#view;
    for (const key of keyspace.keys()) {
      if (keyspace.expiryOf(key) === undefined)
        this.#judge.violated('every key ends by itself', `${key} has no expiry`);
    }
  }
}

function locksOf({ name, keys }: WireCall): Iterable<Bytes> {
  const touches = name === 'lease/batch' || name === 'lease/renew';
  return new Set(touches ? keys.filter((key) => key.endsWith(':lock')) : []);
}

/** Each member's token and ttl; a token behind one of its own process is cut short. */
function membersIn({ name, args }: WireCall): { token: string; ttlMs: string }[] {
  if (name !== 'lease/batch') return [];
  const members: { token: string; ttlMs: string }[] = [];
  let process = '';
  for (let at = 0; at < args.length; at += 3) {
    const sent = args[at] ?? '';
    const token = sent.startsWith('.') ? process + sent : sent;
    process = processOf(token);
    members.push({ token, ttlMs: args[at + 1] ?? '' });
  }
  return members;
}

function tokensIn(call: WireCall): ReadonlySet<string> {
  return new Set(membersIn(call).map(({ token }) => token));
}

function releasesIn(call: WireCall): ReadonlySet<string> {
  return new Set(
    membersIn(call)
      .filter(({ ttlMs, token }) => ttlMs === '0' && token !== '')
      .map(({ token }) => token),
  );
}
