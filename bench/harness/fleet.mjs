// The worker processes of all contenders. They stay connected between rounds, so that no round pays for a start.
import { Worker } from './worker.mjs';

export class Fleet {
  #port;
  /** @type {Map<string, Worker[]>} */
  #crews = new Map();

  /** @param {number} port of Redis */
  constructor(port) {
    this.#port = port;
  }

  /**
   * So many workers of one contender; starts those that are missing.
   * @param {string} contender
   * @param {number} count
   */
  async crew(contender, count) {
    const crew = this.#crews.get(contender) ?? [];
    this.#crews.set(contender, crew);
    const started = [];
    while (crew.length < count) {
      const worker = new Worker(contender, { port: this.#port, processIndex: crew.length });
      crew.push(worker);
      started.push(worker.whenReady());
    }
    await Promise.all(started);
    return crew.slice(0, count);
  }

  /** Ends the workers of one contender: after a fault, or because the next sample needs a process without a past. */
  dismiss(contender) {
    for (const worker of this.#crews.get(contender) ?? []) worker.end();
    this.#crews.delete(contender);
  }

  dismissAll() {
    for (const contender of [...this.#crews.keys()]) this.dismiss(contender);
  }
}
