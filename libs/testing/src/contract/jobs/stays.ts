/** Runs whose bodies stay inside until the test lets them go, or until they are told to stop. */
import assert from 'node:assert/strict';
import type { JobRun } from '@holdfast/core';
import { Exit } from '../exit.js';
import type { Scene } from '../scene.js';

/** A run that is inside. */
export class Stay {
  readonly run: JobRun;
  readonly #exit: Exit<void>;

  constructor(run: JobRun, exit: Exit<void>) {
    this.run = run;
    this.#exit = exit;
  }

  /** The body returns. */
  leave(): void {
    this.#exit.leave();
  }
}

export class Stays {
  readonly #scene: Scene;
  readonly #deaf: boolean;
  readonly #inside: Stay[] = [];

  /** @param options.deaf the bodies go on when their signals abort. @defaultValue false */
  constructor(scene: Scene, { deaf = false }: { readonly deaf?: boolean } = {}) {
    this.#scene = scene;
    this.#deaf = deaf;
  }

  /** The body of a job. */
  readonly body = (run: JobRun): Promise<void> => {
    const exit = new Exit<void>();
    const { signal } = run;
    if (!this.#deaf) signal.addEventListener('abort', () => exit.fail(signal.reason), { once: true });
    this.#inside.push(new Stay(run, exit));
    return exit.taken;
  };

  /** Lets time pass until so many came in since the beginning, and gives the last of these. */
  async come(count: number, withinMs?: number): Promise<Stay> {
    await this.#scene.until(`${count} came in`, () => this.#inside.length >= count, withinMs);
    const stay = this.#inside[count - 1];
    assert.ok(stay !== undefined);
    return stay;
  }

  /** Everybody who is inside goes. */
  leave(): void {
    for (const stay of this.#inside) stay.leave();
  }
}
