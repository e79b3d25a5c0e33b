/** Lock-takers: real processes with one Holdfast instance each, that tests command, kill and freeze. */
import { expect, onTestFinished } from 'vitest';
import type { Child, ChildMessage, ChildOptions } from './child.js';
import { startLockTaker } from './lock-taker.js';

type ChildSetting = Omit<ChildOptions, 'args'>;

/** Options of the process, by their names on its command line; `url` and `namespace` are needed always. */
export type TakerOptions = Readonly<
  { url: string; namespace: string } & ChildSetting &
    Partial<
      Record<
        | 'replica'
        | 'attemptTimeout'
        | 'connectTimeout'
        | 'shutdownGrace'
        | 'preflight'
        | 'ledgerUrl'
        | 'ledgerKey'
        | 'client',
        string | number
      >
    >
>;

/** Starts one that belongs to the caller. */
export function spawnTaker({ execArgv = [], env = {}, inside = [], ...options }: TakerOptions): Child {
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  return startLockTaker('main', { args, execArgv, env, inside });
}

/** Starts one without waiting for it; it is killed when the test is over, if it still runs then. */
export function launchTaker(options: TakerOptions): Child {
  const child = spawnTaker(options);
  onTestFinished(async () => {
    await child.kill('SIGKILL');
  });
  return child;
}

/** Starts one and waits until it takes commands. */
export async function startTaker(options: TakerOptions): Promise<Child> {
  const child = launchTaker(options);
  await child.message({ event: 'ready' }, 15_000);
  return child;
}

/** Starts many, side by side. */
export function startTakers(count: number, options: TakerOptions): Promise<Child[]> {
  return Promise.all(Array.from({ length: count }, () => startTaker(options)));
}

/** Sends a command to `taker` and waits for the first message with `fields` that comes after it. */
export function ask(
  taker: Child,
  command: ChildMessage,
  { withinMs = 15_000, ...fields }: ChildMessage & { readonly withinMs?: number },
): Promise<ChildMessage> {
  const answer = taker.nextMessage(fields, withinMs);
  taker.send(command);
  return answer;
}

/** Takes the lock `name` in `taker` and gives the grant's message; `id` is the lock's name. */
export function take(taker: Child, name: string, options: object = {}): Promise<ChildMessage> {
  return ask(taker, { do: 'acquire', id: name, name, options }, { event: 'granted', id: name });
}

/** Ends it in good order: it must not have broken anything on the way, and it must say nothing on stderr. */
export async function closeCleanly(taker: Child): Promise<void> {
  taker.send({ do: 'close' });
  const { code, signal } = await taker.exited;
  const broken = taker.messages.filter(({ event }) => event === 'broken');
  expect({ code, signal, stderr: taker.stderr, broken }).toEqual({
    code: 0,
    signal: null,
    stderr: '',
    broken: [],
  });
}

/** A number in a message. */
export function numberIn(message: ChildMessage, field: string): number {
  const value = message[field];
  if (typeof value !== 'number') throw new Error(`no number ${field} in ${JSON.stringify(message)}`);
  return value;
}
