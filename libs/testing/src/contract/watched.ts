/** A promise whose state can be read, and whose rejection is never unhandled. */

/** How far a promise is. */
export type Progress<T> =
  | { readonly state: 'pending' }
  | { readonly state: 'value'; readonly value: T }
  | { readonly state: 'error'; readonly error: unknown };

export class Watched<T> {
  #progress: Progress<T> = { state: 'pending' };

  constructor(promise: PromiseLike<T>) {
    promise.then(
      (value) => (this.#progress = { state: 'value', value }),
      (error: unknown) => (this.#progress = { state: 'error', error }),
    );
  }

  get progress(): Progress<T> {
    return this.#progress;
  }

  get settled(): boolean {
    return this.#progress.state !== 'pending';
  }
}
