// The parent's end of a user's process: tells it what to do, kills and freezes it, and keeps what it said.
import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from '../../harness/cleanup.mjs';
import { commonNow } from '../../harness/common-clock.mjs';

const MAIN = fileURLToPath(new URL('user-main.mjs', import.meta.url));
/** Some load a framework, and other processes of the run do the same meanwhile. */
const UP_WITHIN_MS = 120_000;
const WARM_WITHIN_MS = 10_000;

/**
 * @typedef {{ event: string, at: number, id?: string, how?: string, error?: string, from?: number, to?: number }} Said
 * @typedef {{ at: number, how: string, said: string }} Ended
 */

export class UserProcess {
  #child;
  #news = new EventEmitter();
  #stderr = '';
  /** @type {Said[]} */
  said = [];
  #frozen = { from: Infinity, to: Infinity };
  /** When and how it ended by itself, with the last it wrote to stderr. @type {Ended | undefined} */
  ended;

  /** @param {{ user: string, who: string, port: number, ledgerPort: number, ttlMs: number, patienceMs: number }} place */
  constructor(place) {
    this.#news.setMaxListeners(0);
    this.#child = fork(MAIN, [JSON.stringify(place)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    endWithUs(this.#child);
    this.#child.stderr?.on('data', (chunk) => (this.#stderr = (this.#stderr + chunk).slice(-2_000)));
    this.#child.on('message', (said) => {
      this.said.push(said);
      this.#news.emit('news');
    });
    this.#child.once('exit', (code, signal) => {
      this.ended = {
        at: commonNow(),
        how: code === null ? String(signal) : `exit ${code}`,
        said: this.#stderr,
      };
      this.#news.emit('news');
    });
  }

  /** Connected and warm. */
  async ready() {
    await this.until(() => this.first('ready') !== undefined || this.ended !== undefined, UP_WITHIN_MS);
    if (this.first('ready') === undefined)
      throw new Error(`did not come up: ${this.ended?.said ?? 'too slow'}`);
  }

  /** How long it did not run, frozen by us apart. */
  get stallMs() {
    const stalls = this.said.filter(
      ({ event, from, to }) => event === 'stall' && !this.#wasFrozen({ from, to }),
    );
    return Math.max(0, ...stalls.map(({ from, to }) => to - from));
  }

  /** Forgets what was, and warms up again. Whether it is fit for another trial. */
  async again() {
    this.said = [];
    this.#frozen = { from: Infinity, to: Infinity };
    if (this.ended !== undefined) return false;
    this.order('again');
    return this.until(() => this.first('ready') !== undefined, WARM_WITHIN_MS);
  }

  /** What it said first of that kind. @param {string} event @param {string} [id] */
  first(event, id) {
    return this.said.find((said) => said.event === event && (id === undefined || said.id === id));
  }

  /** Whether it became true in time; looked at with all that the process says. */
  async until(isSo, withinMs) {
    const signal = AbortSignal.timeout(withinMs);
    try {
      while (!isSo()) await once(this.#news, 'news', { signal });
      return true;
    } catch {
      return isSo();
    }
  }

  /** @param {string} what run, block or finish @param {object} [details] */
  order(what, details = {}) {
    if (this.#child.connected) this.#child.send({ do: what, ...details });
  }

  /** @param {NodeJS.Signals} name */
  signal(name) {
    if (name === 'SIGSTOP') this.#frozen.from = commonNow();
    if (name === 'SIGCONT') this.#frozen.to = commonNow();
    this.#child.kill(name);
  }

  /** Whatever state it is in. */
  end() {
    this.#child.removeAllListeners('message');
    this.#child.kill('SIGKILL');
  }

  #wasFrozen({ from, to }) {
    return to > this.#frozen.from && from < this.#frozen.to;
  }
}
