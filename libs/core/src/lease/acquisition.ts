/** One request for one lease inside its process: behind others of its line, hoping for a pass, or asking the store. */
import type { AcquisitionParts, Standing } from './acquisition-parts.js';
import { Asker } from './asker.js';
import type { Demand } from './demand.js';
import type { Settlement } from './settlement.js';
import type { LeasePush } from './lease-store.js';
import type { Tenure } from './tenure.js';
import { Ticket, type TicketOwner } from './ticket.js';

/** Where acquisitions stand. */
export interface Place {
  /** What is known there about the lock, for one that did not ask itself. */
  standingFor(acquisition: Acquisition): Standing;
  /** It is over; by this tenure if it was granted. */
  left(acquisition: Acquisition, tenure: Tenure | undefined): void;
}

export class Acquisition implements TicketOwner {
  /** Its neighbours in the line. */
  ahead: Acquisition | undefined = undefined;
  behind: Acquisition | undefined = undefined;
  readonly #parts: AcquisitionParts;
  readonly #place: Place;
  readonly #ticket: Ticket;
  #asker: Asker | undefined;
  /** Whether a tenure of this process may be passed to it: it stands in no queue outside. */
  #hoping = false;

  constructor(demand: Demand, parts: AcquisitionParts, place: Place) {
    this.#parts = parts;
    this.#place = place;
    this.#ticket = new Ticket(demand, parts, this);
  }

  get demand(): Demand {
    return this.#ticket.demand;
  }

  /** Rejects with a `LockError`. */
  get settlement(): Promise<Settlement> {
    return this.#ticket.settlement;
  }

  get standing(): Standing {
    return this.#asker?.standing ?? this.#place.standingFor(this);
  }

  get hoping(): boolean {
    return this.#hoping;
  }

  /** Whether it asks with this token. */
  uses(token: string): boolean {
    return this.#asker?.token === token;
  }

  /** Waits for as long as the caller has patience. */
  waitBehind(): void {
    this.#ticket.arm(Infinity);
  }

  /** Waits for a pass by the holder, who is of this process, and asks the store when there was none until then. */
  hopeUntil(at: number): void {
    this.#hoping = true;
    this.#ticket.arm(at);
  }

  /** Asks the store, unless it does so already. */
  ask(): void {
    if (this.#asker !== undefined) return;
    this.#hoping = false;
    const known = this.#place.standingFor(this);
    this.#asker = new Asker(this.#ticket, this.#parts);
    this.#asker.start(known);
  }

  /** Is granted what its process has already. */
  takeOver(tenure: Tenure): void {
    this.#ticket.grant(tenure);
  }

  /** Something was pushed for its token. */
  pushed(push: LeasePush): void {
    this.#asker?.pushed(push);
  }

  due(): void {
    if (this.#asker === undefined) this.ask();
    else this.#asker.due();
  }

  timeIsOver(): void {
    const { standing } = this;
    this.#asker?.leaveNothingBehind();
    this.#ticket.timeIsOver(standing);
  }

  /** Ends the acquisition without a trace. Does nothing when it is over. */
  giveUp(error: Error): void {
    if (!this.#ticket.open) return;
    this.#asker?.leaveNothingBehind();
    this.#ticket.reject(error);
  }

  settled(tenure: Tenure | undefined): void {
    this.#place.left(this, tenure);
  }
}
