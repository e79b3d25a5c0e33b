/**
 * A wall clock that is wrong, for a process of a test: by libfaketime where it is installed, so that everything in the
 * process sees it, else by the process itself, which moves `Date.now`. The monotonic clock stays as it is.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARIES = '/usr/lib';
const LIBFAKETIME = 'faketime/libfaketimeMT.so.1';

/** What to start a process with. */
export interface WrongClock {
  readonly env: Readonly<Record<string, string>>;
  /** For a process that has to do it itself. */
  readonly args: readonly string[];
}

/** @param skewMs by how much the clock is ahead */
export function wrongClock(skewMs: number): WrongClock {
  const library = libfaketime();
  if (library === undefined) return { env: {}, args: [`--skewMs=${skewMs}`] };
  const seconds = `${skewMs < 0 ? '-' : '+'}${Math.abs(skewMs) / 1_000}`;
  return { env: { LD_PRELOAD: library, FAKETIME: seconds, DONT_FAKE_MONOTONIC: '1' }, args: [] };
}

/** In a folder of the machine's architecture. */
function libfaketime(): string | undefined {
  if (!existsSync(LIBRARIES)) return undefined;
  const folders = readdirSync(LIBRARIES).map((folder) => join(LIBRARIES, folder, LIBFAKETIME));
  return folders.find((path) => existsSync(path));
}
