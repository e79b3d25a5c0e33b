/** Calls of one name stay in order, whoever sends them where. */
import { describe, expect, it } from 'vitest';
import { NameOrder } from './name-order.js';
import { RedirectError, type Redirection } from './redirect.js';
import type { ScriptReceipt } from './script-host.js';

const MOVED: Redirection = { kind: 'moved', slot: 1, to: { host: 'b', port: 1 } };

/** A call that is answered by hand, first by the node that it goes to and then by the one that it is sent on to. */
class Call {
  readonly #made: string[];
  readonly #name: string;
  readonly node: string;
  #settle: { resolve: (receipt: ScriptReceipt) => void; reject: (error: Error) => void } | undefined;
  outcome: Promise<unknown> = Promise.resolve();

  constructor(made: string[], name: string, node: string) {
    this.#made = made;
    this.#name = name;
    this.node = node;
  }

  readonly attempt = (): Promise<ScriptReceipt> => this.#begin(this.#name);
  readonly follow = ({ kind }: Redirection): Promise<ScriptReceipt> => this.#begin(`${this.#name} ${kind}`);

  async answer(): Promise<void> {
    this.#settle?.resolve({ reply: [this.#name], sentAt: 1, epoch: 1 });
    await settled();
  }

  async fail(error: Error): Promise<void> {
    this.#settle?.reject(error);
    await settled();
  }

  #begin(what: string): Promise<ScriptReceipt> {
    this.#made.push(what);
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

function setUp() {
  const made: string[] = [];
  const order = new NameOrder();
  const make = (what: string, { name = 'order', node = 'a' } = {}): Call => {
    const call = new Call(made, what, node);
    call.outcome = order.run(name, call).then(
      ({ reply }) => reply[0],
      (error: unknown) => String(error),
    );
    return call;
  };
  return { made, make };
}

describe('calls of one name', () => {
  it('are made at once while nobody is sent elsewhere', () => {
    const { made, make } = setUp();
    make('1');
    make('2');
    expect(made).toEqual(['1', '2']);
  });

  it('are sent on one by one, in their order, when those under way are over', async () => {
    const { made, make } = setUp();
    const [first, second] = [make('1'), make('2')];
    await first.fail(new RedirectError(MOVED));
    expect(made).toEqual(['1', '2']);
    await second.fail(new RedirectError(MOVED));
    expect(made).toEqual(['1', '2', '1 moved']);
    await first.answer();
    expect(made).toEqual(['1', '2', '1 moved', '2 moved']);
    await second.answer();
    expect(await Promise.all([first.outcome, second.outcome])).toEqual(['1', '2']);
  });

  it('wait behind one that is sent on, and are then made like any other', async () => {
    const { made, make } = setUp();
    const first = make('1');
    await first.fail(new RedirectError(MOVED));
    const [second, third] = [make('2'), make('3')];
    expect(made).toEqual(['1', '1 moved']);
    await first.answer();
    await second.fail(new RedirectError(MOVED));
    expect(made).toEqual(['1', '1 moved', '2', '2 moved']);
    await second.fail(new Error('gone'));
    await third.answer();
    expect(await Promise.all([second.outcome, third.outcome])).toEqual(['Error: gone', '3']);
    make('4');
    make('5');
    expect(made.slice(-2)).toEqual(['4', '5']);
  });

  it('go in their order also when those that were sent on are told so in another', async () => {
    const { made, make } = setUp();
    const [first, second] = [make('1'), make('2')];
    await second.fail(new RedirectError(MOVED));
    await first.fail(new RedirectError({ kind: 'try-again' }));
    expect(made.slice(2)).toEqual(['1 try-again']);
    await first.answer();
    expect(made.slice(2)).toEqual(['1 try-again', '2 moved']);
  });

  it('wait for those under way at one node before they go to another', async () => {
    const { made, make } = setUp();
    const first = make('1');
    const second = make('2', { node: 'b' });
    expect(made).toEqual(['1']);
    await first.fail(new RedirectError(MOVED));
    expect(made).toEqual(['1', '1 moved']);
    await first.answer();
    expect(made).toEqual(['1', '1 moved', '2']);
    await second.answer();
    make('3');
    expect(made.slice(3), 'and everybody is free again').toEqual(['3']);
  });

  it('are told of any other error at once, and nobody waits for them', async () => {
    const { made, make } = setUp();
    const first = make('1');
    await first.fail(new Error('gone'));
    expect(await first.outcome).toBe('Error: gone');
    make('2');
    expect(made).toEqual(['1', '2']);
  });

  it('do not wait for those of another name', async () => {
    const { made, make } = setUp();
    await make('1').fail(new RedirectError(MOVED));
    make('other', { name: 'another' });
    expect(made).toEqual(['1', '1 moved', 'other']);
  });
});
