/**
 * A wall clock that is wrong, for a process of a test: by libfaketime where it is installed, so that everything in the
 * process sees it, else by the process itself, which moves `Date.now`. The monotonic clock stays as it is.
 */
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './orphan-guard.js';

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

/**
 * A wall clock that can be set while the process runs. Without libfaketime there is none: a process that moves its own
 * `Date.now` sees nothing that the machine's would do.
 */
export function settableWallClock(): SettableWallClock | undefined {
  const library = libfaketime();
  if (library === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-clock-'));
  guardFolder(folder);
  const file = join(folder, 'offset');
  const set = (skewMs: number): void =>
    writeFileSync(file, `${skewMs < 0 ? '-' : '+'}${Math.abs(skewMs) / 1_000}\n`);
  set(0);
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
  return { env, set };
}

export interface SettableWallClock {
  /** For the process. */
  readonly env: Readonly<Record<string, string>>;
  /** @param skewMs by how much it is ahead from now on */
  set(skewMs: number): void;
}

/** In a folder of the machine's architecture. */
function libfaketime(): string | undefined {
  if (!existsSync(LIBRARIES)) return undefined;
  const folders = readdirSync(LIBRARIES).map((folder) => join(LIBRARIES, folder, LIBFAKETIME));
  return folders.find((path) => existsSync(path));
}
