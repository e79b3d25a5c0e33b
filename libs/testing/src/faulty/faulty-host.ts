/**
 * A script host whose network fails on command. It stands between an instance and its real host: calls go out through
 * one line and replies and messages come back through another, so that nothing ever overtakes what it could not overtake
 * on a real connection.
 */
import {
  StoreError,
  type Clock,
  type PushedMessage,
  type ScriptCall,
  type ScriptHost,
  type ScriptReceipt,
} from '@holdfast/core';
import { DelayLine } from './delay-line.js';
import type { FaultSwitches } from './fault-switches.js';

/** Long enough for a caller to give up and clean up behind a call that has to be sent again. */
const RESEND_AFTER_MS = 1;

type Findings = Awaited<ReturnType<NonNullable<ScriptHost['findings']>>>;

interface OpenCall {
  readonly call: ScriptCall;
  sentAt: number;
  readonly resolve: (receipt: ScriptReceipt) => void;
  readonly reject: (error: unknown) => void;
}

export class FaultyHost implements ScriptHost {
  readonly clock: Clock;
  readonly label: string;
  readonly keyPrefix: string;
  readonly #inner: ScriptHost;
  readonly #faults: FaultSwitches;
  readonly #out: DelayLine;
  readonly #in: DelayLine;
  readonly #open = new Set<OpenCall>();
  readonly #heldPushes: (() => void)[] = [];
  readonly #waitingForUp = new Set<() => void>();
  readonly #leave: () => void;
  /** Connections that were lost here; the inner host knows nothing of them. */
  #lostConnections = 0;
  #closed = false;

  constructor(inner: ScriptHost, faults: FaultSwitches) {
    this.#inner = inner;
    this.#faults = faults;
    this.clock = inner.clock;
    this.label = `faulty ${inner.label}`;
    this.keyPrefix = inner.keyPrefix ?? '';
    this.#out = new DelayLine(inner.clock);
    this.#in = new DelayLine(inner.clock);
    this.#leave = faults.listen({
      wentDown: () => this.#wentDown(),
      cameBack: () => this.#cameBack(),
      pushesFlow: () => this.#pushesFlow(),
    });
  }

  get trouble(): StoreError | undefined {
    return this.#faults.down ? disconnected(false) : this.#inner.trouble;
  }

  run(call: ScriptCall): Promise<ScriptReceipt> {
    const fault = this.#faults.takeFor(call.script.name);
    if (this.#faults.down || this.#closed) return Promise.reject(disconnected(false));
    return new Promise((resolve, reject) => {
      const open: OpenCall = { call, sentAt: this.clock.now(), resolve, reject };
      this.#open.add(open);
      const epoch = this.#lostConnections;
      this.#out.add(this.#faults.callDelayMs, () => {
        if (epoch !== this.#lostConnections || this.#closed) return;
        if (fault === undefined) this.#send(open);
        else if (fault.kind === 'unknown-script') this.#sendAgainLater(open);
        else if (fault.kind === 'drop-reply') this.#execute(open, () => undefined);
        else if (fault.executed) this.#execute(open, () => this.#reject(open, fault.error));
        else this.#arrive(() => this.#reject(open, fault.error));
      });
    });
  }

  async subscribe(channel: string, listener: (message: PushedMessage) => void): Promise<void> {
    await this.#inner.subscribe(channel, (message) => {
      const { epoch } = message;
      const numbered = epoch === undefined ? message : { ...message, epoch: epoch + this.#lostConnections };
      this.#pushed(() => listener(numbered));
    });
  }

  async whenUp(withinMs: number): Promise<void> {
    await this.#inner.whenUp?.(withinMs);
    if (!this.#faults.down || this.#closed) return;
    await new Promise<void>((resolve) => {
      const cancel = this.clock.setTimer(withinMs, () => done(), 'ref');
      const done = (): void => {
        cancel();
        this.#waitingForUp.delete(done);
        resolve();
      };
      this.#waitingForUp.add(done);
    });
  }

  async findings(): Promise<Findings> {
    return (await this.#inner.findings?.()) ?? [];
  }

  async close(withinMs: number): Promise<void> {
    this.#closed = true;
    this.#leave();
    for (const done of this.#waitingForUp) done();
    await this.#inner.close(withinMs);
    for (const open of this.#open) this.#reject(open, disconnected(true));
  }

  #send(open: OpenCall): void {
    this.#execute(open, (receipt) => {
      this.#open.delete(open);
      // Sent when the caller said so: what happened to it on the way is the network's.
      open.resolve({ ...receipt, sentAt: open.sentAt, epoch: receipt.epoch + this.#lostConnections });
    });
  }

  #sendAgainLater(open: OpenCall): void {
    this.clock.setTimer(
      RESEND_AFTER_MS,
      () => {
        if (!this.#open.has(open)) return;
        open.sentAt = this.clock.now();
        this.#send(open);
      },
      'ref',
    );
  }

  /** `answer` is not called when the connection was lost meanwhile: then the call was rejected already. */
  #execute(open: OpenCall, answer: (receipt: ScriptReceipt) => void): void {
    this.#inner.run(open.call).then(
      (receipt) => this.#arrive(() => answer(receipt)),
      (error: unknown) => this.#arrive(() => this.#reject(open, error)),
    );
  }

  #reject(open: OpenCall, error: unknown): void {
    if (this.#open.delete(open)) open.reject(error);
  }

  /** What comes from the server, in the order in which it comes, unless the connection is lost before it is here. */
  #arrive(hand: () => void): void {
    const epoch = this.#lostConnections;
    this.#in.add(this.#faults.replyDelayMs, () => {
      if (epoch === this.#lostConnections && !this.#faults.down && !this.#closed) hand();
    });
  }

  #pushed(deliver: () => void): void {
    const { pushes } = this.#faults;
    if (pushes === 'hold') this.#heldPushes.push(deliver);
    else if (pushes !== 'drop') this.#arrive(deliver);
    if (pushes === 'duplicate') this.#arrive(deliver);
  }

  #pushesFlow(): void {
    for (const deliver of this.#heldPushes.splice(0)) this.#arrive(deliver);
  }

  #wentDown(): void {
    this.#lostConnections += 1;
    this.#heldPushes.length = 0;
    for (const open of this.#open) this.#reject(open, disconnected(true));
  }

  #cameBack(): void {
    for (const done of this.#waitingForUp) done();
  }
}

function disconnected(ambiguous: boolean): StoreError {
  return new StoreError('disconnected', 'the connection was lost, as the test wants it', { ambiguous });
}
