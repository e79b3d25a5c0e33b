/** The way to the bookkeeping service, over HTTP. */
import { StaleFenceError } from '@holdfast/core';
import { Fields } from '../../wire/fields.js';

export class BooksConnection {
  readonly #url: string;
  readonly #cut = new AbortController();

  constructor(url: string) {
    this.#url = url;
  }

  /** Asks what there is to do. */
  async read(path: string, signal: AbortSignal | undefined): Promise<Fields> {
    const stop = signal === undefined ? this.#cut.signal : AbortSignal.any([signal, this.#cut.signal]);
    return answerOf(await fetch(`${this.#url}${path}`, { signal: stop }), path);
  }

  /**
   * Writes. It takes no signal: of a write that was cancelled on its way nobody knows whether it counted.
   * @throws StaleFenceError when the service has seen a higher fence
   */
  async write(path: string, body: object): Promise<void> {
    const sent = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: this.#cut.signal,
    });
    await answerOf(sent, path);
  }

  /** As if the process were gone: nothing gets out any more. */
  cut(): void {
    this.#cut.abort(new Error('this replica was killed'));
  }
}

async function answerOf(response: Response, path: string): Promise<Fields> {
  const answer = Fields.parse(await response.text(), 'answer');
  if (response.ok) return answer;
  if (response.status === 409) {
    throw new StaleFenceError('ledger', {
      fence: answer.whole('fence'),
      highestSeen: answer.whole('highestSeen'),
    });
  }
  throw new Error(`the bookkeeping service answered ${response.status} to ${path}: ${answer.text('error')}`);
}
