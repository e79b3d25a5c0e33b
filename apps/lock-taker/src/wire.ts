/** Lines of JSON in both directions. */
import { createInterface } from 'node:readline';
import { LockError, type AcquireOptions } from '@holdfast/core';

export type Command = Readonly<Record<string, unknown>>;

/** Milliseconds of the machine's monotonic clock: comparable between processes, unlike `performance.now()`. */
export function machineMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`a text was expected: ${JSON.stringify(value)}`);
  return value;
}

/** The options that a command brings. */
export function optionsOf({ options }: Command): AcquireOptions {
  return typeof options === 'object' && options !== null ? { ...options } : {};
}

export function tell(event: string, details: Readonly<Record<string, unknown>> = {}): void {
  process.stdout.write(`${JSON.stringify({ event, at: machineMs(), ...details })}\n`);
}

/** An error as fields that a test can compare. */
export function failureOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { code: 'not-an-error', message: String(error) };
  const { name, message } = error;
  const fields = LockError.is(error) ? Object.fromEntries(Object.entries(error)) : { code: 'other' };
  return { ...fields, name, message };
}

/** What nobody answers for: a command that is wrong, or a fault in here. */
export function tellFailure(error: unknown): void {
  tell('broken', failureOf(error));
}

export function readCommands(onCommand: (command: Command) => void, onEnd: () => void): void {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const command: unknown = JSON.parse(line);
    if (typeof command === 'object' && command !== null) onCommand({ ...command });
  });
  lines.once('close', onEnd);
}
