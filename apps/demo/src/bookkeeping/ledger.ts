/** The append-only ledger. It takes what it is given: finding doubles is the audit's work, as in real books. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Entry, LedgerEntry } from './entries.js';

export type LedgerListener = (entry: LedgerEntry) => void;

export class Ledger {
  readonly #entries: LedgerEntry[] = [];
  readonly #listeners = new Set<LedgerListener>();
  readonly #file: WriteStream | undefined;

  private constructor(file: WriteStream | undefined) {
    this.#file = file;
  }

  /** Opens the ledger, copying every line to `path` as NDJSON if one is given. Rejects if it can't be written. */
  static async open(path: string | undefined): Promise<Ledger> {
    if (path === undefined) return new Ledger(undefined);
    const file = createWriteStream(path);
    await once(file, 'open');
    return new Ledger(file);
  }

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  append(entry: Entry): LedgerEntry {
    const line: LedgerEntry = { seq: this.#entries.length + 1, at: Date.now(), ...entry };
    this.#entries.push(line);
    this.#file?.write(`${JSON.stringify(line)}\n`);
    for (const listener of this.#listeners) listener(line);
    return line;
  }

  /** Calls `listener` with every line from now on, until the returned function is called. */
  onAppend(listener: LedgerListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The first line from now on that `wanted` says yes to. Rejects with `signal.reason`. */
  next(wanted: (entry: LedgerEntry) => boolean, signal: AbortSignal): Promise<LedgerEntry> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        stop();
        reject(signal.reason);
      };
      const stop = this.onAppend((entry) => {
        if (!wanted(entry)) return;
        stop();
        signal.removeEventListener('abort', giveUp);
        resolve(entry);
      });
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  async close(): Promise<void> {
    if (this.#file === undefined) return;
    this.#file.end();
    await once(this.#file, 'close');
  }
}
