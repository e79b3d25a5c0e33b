/**
 * Keeps the calls of one name in the order in which they were made, also when a cluster sends some of them elsewhere. From
 * the first one that was sent on, or goes to another node than those under way, new calls of its name wait. When those
 * under way are over, all that is left is made one after the other, each when the one before it was answered.
 */
import { RedirectError, type Redirection } from './redirect.js';
import type { ScriptReceipt } from './script-host.js';

/** A call, and how to make it: in one attempt, or for as long as it is sent elsewhere. */
export interface OrderedCall {
  /** Where an attempt would go now. */
  readonly node: unknown;
  readonly attempt: () => Promise<ScriptReceipt>;
  readonly follow: (redirection: Redirection) => Promise<ScriptReceipt>;
}

interface CallsOfName {
  underWay: number;
  /** Where those under way went. */
  node: unknown;
  /** Sent elsewhere or behind one that was, by number. */
  readonly detained: Map<number, () => Promise<void>>;
}

export class NameOrder {
  readonly #names = new Map<string, CallsOfName>();
  #made = 0;

  run(name: string, call: OrderedCall): Promise<ScriptReceipt> {
    const calls = this.#names.get(name) ?? this.#first(name);
    const number = ++this.#made;
    if (calls.detained.size > 0 || (calls.underWay > 0 && calls.node !== call.node))
      return detain(calls, number, () => call.attempt().catch(elsewhere(call)));
    calls.underWay += 1;
    calls.node = call.node;
    return call.attempt().then(
      (receipt) => {
        this.#over(name, calls);
        return receipt;
      },
      (error: unknown) => {
        const ended =
          error instanceof RedirectError
            ? detain(calls, number, () => call.follow(error.redirection))
            : Promise.reject(error);
        this.#over(name, calls);
        return ended;
      },
    );
  }

  #first(name: string): CallsOfName {
    const calls = { underWay: 0, node: undefined, detained: new Map() };
    this.#names.set(name, calls);
    return calls;
  }

  #over(name: string, calls: CallsOfName): void {
    calls.underWay -= 1;
    if (calls.underWay === 0) void this.#goOn(name, calls);
  }

  /** The one that is being made stays in the list until it is answered, so that new ones go behind it. */
  async #goOn(name: string, calls: CallsOfName): Promise<void> {
    while (calls.detained.size > 0) {
      const number = Math.min(...calls.detained.keys());
      await calls.detained.get(number)?.();
      calls.detained.delete(number);
    }
    this.#names.delete(name);
  }
}

function elsewhere({ follow }: OrderedCall): (error: unknown) => Promise<ScriptReceipt> {
  return (error) => (error instanceof RedirectError ? follow(error.redirection) : Promise.reject(error));
}

function detain(
  { detained }: CallsOfName,
  number: number,
  make: () => Promise<ScriptReceipt>,
): Promise<ScriptReceipt> {
  return new Promise((resolve, reject) => {
    detained.set(number, () => make().then(resolve, reject));
  });
}
