/** The connections of a quorum as one: up while a majority is, with what there is to say about each server. */
import type { GroundHost } from './holdfast-ground.js';
import { answerInTime } from './lease/answer-in-time.js';
import type { CardStore } from './lease/card-store.js';
import { StoreError } from './lease/store-error.js';
import { majorityOf } from './quorum/majority.js';
import { noQuorum } from './quorum/no-quorum.js';
import { seatFindings } from './quorum/seat-findings.js';
import type { VotingStore } from './quorum/voting-store.js';
import type { ScriptHost, ServerFinding } from './redis/script-host.js';
import type { Clock } from './time/clock.js';

/** One of the servers. */
export interface QuorumMember {
  readonly host: ScriptHost;
  readonly voting: VotingStore;
  readonly cards: CardStore;
}

/** How long the last ones are waited for at the start when a majority is there. */
const LAST_ONES_MS = 100;
const SEATS_WITHIN_MS = 1_000;

export class QuorumHost implements GroundHost {
  readonly clock: Clock;
  readonly label: string;
  readonly #members: readonly QuorumMember[];
  readonly #absentMs: number;

  constructor(members: readonly QuorumMember[], clock: Clock, absentMs: number) {
    this.#members = members;
    this.clock = clock;
    this.label = `quorum:${members.map(({ host }) => host.label).join(',')}`;
    this.#absentMs = absentMs;
  }

  get trouble(): StoreError | undefined {
    const troubles = this.#members.flatMap(({ host }) => host.trouble ?? []);
    const up = this.#members.length - troubles.length;
    return up >= this.#majority ? undefined : noQuorum(this.#members.length, troubles);
  }

  /** Resolves a moment after a majority is up, so that the others, too, can be. */
  async whenUp(withinMs: number): Promise<void> {
    const { clock } = this;
    const all = this.#members.map(({ host }) => host.whenUp?.(withinMs) ?? Promise.resolve());
    await new Promise<void>((resolve) => {
      let left = this.#members.length;
      let last = (): void => undefined;
      for (const one of all) {
        void one.then(() => {
          left -= 1;
          if (left === 0) last();
          if (left === 0) resolve();
          else if (left === this.#members.length - this.#majority)
            last = clock.setTimer(LAST_ONES_MS, resolve, 'ref');
        });
      }
    });
  }

  async findings(): Promise<readonly ServerFinding[]> {
    const told = await Promise.all(this.#members.map((member) => this.#findingsOf(member)));
    const seats = await Promise.all(this.#members.map((member) => this.#seatOf(member)));
    return [...told.flat(), ...seatFindings(seats.flat(), this.#absentMs)];
  }

  /** Asks every server about this process. */
  async missing(processId: string, limitMs: number): Promise<readonly string[] | StoreError> {
    const answers = await Promise.all(
      this.#members.map(({ cards }) => answerInTime(this.clock, limitMs, cards.lookUp(processId))),
    );
    const errors = answers.filter((answer) => answer instanceof StoreError);
    if (this.#members.length - errors.length < this.#majority) return noQuorum(this.#members.length, errors);
    return this.#members.flatMap(({ host }, at) => (answers[at] instanceof StoreError ? host.label : []));
  }

  async close(withinMs: number): Promise<void> {
    await Promise.all(this.#members.map(({ host }) => host.close(withinMs)));
  }

  get #majority(): number {
    return majorityOf(this.#members.length);
  }

  async #findingsOf({ host }: QuorumMember): Promise<readonly ServerFinding[]> {
    const { label, trouble } = host;
    if (trouble !== undefined)
      return [{ severity: 'note', text: `${label} cannot be reached: ${trouble.condition}` }];
    const told = (await host.findings?.()) ?? [];
    return told.map(({ severity, text }) => ({ severity, text: `${label}: ${text}` }));
  }

  async #seatOf({ host, voting }: QuorumMember) {
    const askedAt = this.clock.now();
    const seat = await answerInTime(this.clock, SEATS_WITHIN_MS, voting.seat());
    if (seat instanceof StoreError) return [];
    return [{ label: host.label, ...seat.value, askedAt, answeredAt: this.clock.now() }];
  }
}
