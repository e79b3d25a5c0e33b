/** The settable clock of the embedded host, which also tells whether the timers that are armed keep a process alive. */
import type { CancelTimer, TimerHold } from '../../../../libs/core/src/time/clock.js';
import { SettableClock } from '../../../../libs/embedded/src/settable-clock.js';

export class WatchedClock extends SettableClock {
  /** Armed right now. */
  readonly armed: Record<TimerHold, number> = { ref: 0, unref: 0 };

  override keepAlive(on: boolean): void {
    this.armed.ref += on ? 1 : -1;
    super.keepAlive(on);
  }

  override setTimer(delayMs: number, fire: () => void, hold: TimerHold): CancelTimer {
    let open = true;
    const end = (): void => {
      if (open) this.armed[hold] -= 1;
      open = false;
    };
    this.armed[hold] += 1;
    const cancel = super.setTimer(
      delayMs,
      () => {
        end();
        fire();
      },
      hold,
    );
    return () => {
      end();
      cancel();
    };
  }
}
