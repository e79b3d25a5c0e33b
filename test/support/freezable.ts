/**
 * An instance on the embedded host that can be frozen as a process is: the clock goes on, but no timer of it fires, and
 * no reply and no message reaches it until it is thawed.
 */
import type {
  CancelTimer,
  Clock,
  HostContext,
  HostProvider,
  PushedMessage,
  ScriptCall,
  ScriptHost,
  ScriptReceipt,
  TimerHold,
} from '@holdfast/core';
import type { EmbeddedProvider } from '@holdfast/embedded';

/** Keeps back what happens while it is shut. */
class Gate {
  #shut = false;
  readonly #kept: (() => void)[] = [];

  shut(): void {
    this.#shut = true;
  }

  open(): void {
    this.#shut = false;
    for (const happen of this.#kept.splice(0)) happen();
  }

  pass(happen: () => void): void {
    if (this.#shut) this.#kept.push(happen);
    else happen();
  }
}

class GatedClock implements Clock {
  readonly #clock: Clock;
  readonly #gate: Gate;

  constructor(clock: Clock, gate: Gate) {
    this.#clock = clock;
    this.#gate = gate;
  }

  now(): number {
    return this.#clock.now();
  }

  wallNow(): number {
    return this.#clock.wallNow();
  }

  nowAfterSuspendCheck(maxAgeMs: number): number {
    return this.#clock.nowAfterSuspendCheck(maxAgeMs);
  }

  keepAlive(on: boolean): void {
    this.#clock.keepAlive(on);
  }

  setTimer(delayMs: number, fire: () => void, hold: TimerHold): CancelTimer {
    let open = true;
    const cancel = this.#clock.setTimer(
      delayMs,
      () =>
        this.#gate.pass(() => {
          if (open) fire();
        }),
      hold,
    );
    return () => {
      open = false;
      cancel();
    };
  }
}

class GatedHost implements ScriptHost {
  readonly clock: Clock;
  readonly label: string;
  readonly #host: ScriptHost;
  readonly #gate: Gate;

  constructor(host: ScriptHost, gate: Gate) {
    this.#host = host;
    this.#gate = gate;
    this.label = host.label;
    this.clock = new GatedClock(host.clock, gate);
  }

  run(call: ScriptCall): Promise<ScriptReceipt> {
    return new Promise((resolve, reject) => {
      this.#host.run(call).then(
        (receipt) => this.#gate.pass(() => resolve(receipt)),
        (error: unknown) => this.#gate.pass(() => reject(error)),
      );
    });
  }

  subscribe(channel: string, listener: (message: PushedMessage) => void): Promise<void> {
    return this.#host.subscribe(channel, (message) => this.#gate.pass(() => listener(message)));
  }

  close(withinMs: number): Promise<void> {
    return this.#host.close(withinMs);
  }
}

/** A connection for one instance. */
export class Freezable implements HostProvider {
  readonly holdfastHost = 1;
  readonly #provider: EmbeddedProvider;
  readonly #gate = new Gate();
  #disconnect = (): void => undefined;

  constructor(provider: EmbeddedProvider) {
    this.#provider = provider;
  }

  async open(context: HostContext): Promise<ScriptHost> {
    const host = await this.#provider.open(context);
    const connection = this.#provider.controls.connections.at(-1);
    this.#disconnect = () => connection?.disconnect();
    return new GatedHost(host, this.#gate);
  }

  freeze(): void {
    this.#gate.shut();
  }

  thaw(): void {
    this.#gate.open();
  }

  /** For good: the server hears of it, the instance does not. */
  kill(): void {
    this.freeze();
    this.#disconnect();
  }
}
