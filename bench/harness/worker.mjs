// The parent's end of a child process: gives it jobs and waits for what comes of them.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endWithUs } from './cleanup.mjs';

const MAIN = fileURLToPath(new URL('worker-main.mjs', import.meta.url));
const JOB_WITHIN_MS = 180_000;
const UP_WITHIN_MS = 30_000;

export class Worker {
  #child;
  #lastId = 0;
  /** @type {Map<number, (message: { result?: unknown, error?: string }) => void>} */
  #waiting = new Map();

  /** @param {string} contender @param {{ port: number, processIndex: number }} place */
  constructor(contender, { port, processIndex }) {
    this.#child = fork(MAIN, [contender, String(port), String(processIndex)], {
      execArgv: ['--expose-gc'],
      serialization: 'advanced',
      // Peers that log must not write into the report.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    endWithUs(this.#child);
    this.#child.on('message', (message) => this.#waiting.get(message.id)?.(message));
    this.#child.once('exit', (code, signal) => {
      for (const tell of this.#waiting.values()) tell({ error: `the worker ended (${code ?? signal})` });
    });
  }

  /** Resolves when its contender is connected. */
  async whenReady() {
    const said = await within(
      UP_WITHIN_MS,
      new Promise((resolve) => {
        this.#child.once('message', resolve);
        this.#child.once('exit', (code) => resolve({ ready: false, why: `the worker ended (${code})` }));
      }),
    );
    if (!said.ready) throw new Error(said.why);
  }

  /** @param {string} job name of a file in jobs/ @param {object} params */
  async call(job, params) {
    if (!this.#child.connected) throw new Error('the worker has ended');
    const id = (this.#lastId += 1);
    const answered = new Promise((resolve) => void this.#waiting.set(id, resolve));
    this.#child.send({ id, job, params });
    try {
      const { result, error } = await within(JOB_WITHIN_MS, answered);
      if (error !== undefined) throw new Error(error);
      return result;
    } finally {
      this.#waiting.delete(id);
    }
  }

  end() {
    this.#child.removeAllListeners('message');
    this.#child.kill('SIGKILL');
  }
}

async function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from a worker within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
