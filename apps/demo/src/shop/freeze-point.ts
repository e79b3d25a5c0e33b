/**
 * The place where `--freeze-one` stops a process: after it checked that it holds the lock and before it writes.
 * No check can help there, however close to the write it stands. Does nothing until armed.
 */
import type { JobName } from '../bookkeeping/entries.js';

/** Tells the supervisor; resolves when the message is out of this process, because a stopped one can't send the rest. */
export type TellAndFlush = (news: { readonly type: 'freezing'; readonly job: JobName }) => Promise<void>;

export class FreezePoint {
  readonly #tell: TellAndFlush;
  #state: 'off' | 'armed' | 'announced' = 'off';

  constructor(tell: TellAndFlush) {
    this.#tell = tell;
  }

  arm(): void {
    this.#state = 'armed';
  }

  async announce(job: JobName): Promise<void> {
    if (this.#state !== 'armed' || job !== 'invoice-orders') return;
    this.#state = 'announced';
    await this.#tell({ type: 'freezing', job });
  }

  freezeIfArmed(): void {
    if (this.#state !== 'announced') return;
    this.#state = 'off';
    process.kill(process.pid, 'SIGSTOP');
  }
}
