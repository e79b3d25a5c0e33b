/** Runs the built demo as a user would, and reads what it leaves behind. */
import { readFileSync } from 'node:fs';
import { startChild, type Child, type ChildExit, type ChildMessage } from '../support/child.js';

export interface DemoOutcome extends ChildExit {
  /** The last line of stdout, which is the only one with --json. */
  readonly report: ChildMessage;
  readonly stdout: readonly ChildMessage[];
  readonly stderr: string;
}

export function startDemo(args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  return startChild('apps/demo/dist/main.js', { args, env: { REDIS_URL: '', ...env } });
}

export async function runDemo(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<DemoOutcome> {
  return outcomeOf(startDemo(args, env));
}

export async function outcomeOf(demo: Child): Promise<DemoOutcome> {
  const exit = await demo.exited;
  return { ...exit, report: demo.messages.at(-1) ?? {}, stdout: demo.messages, stderr: demo.stderr };
}

/** The lines of a `--ledger` file. */
export function readLedger(path: string): ChildMessage[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const entry: unknown = JSON.parse(line);
      if (typeof entry !== 'object' || entry === null) throw new Error(`no entry: ${line}`);
      return { ...entry };
    });
}
