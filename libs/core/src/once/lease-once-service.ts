/** What is done once, on the lease engine: a lock, and beside it what came of it. */
import { LockConfigError } from '../errors.js';
import { preparedFaults, type GuardDefaults } from '../guarded/guard-terms.js';
import { checkedBody } from '../guarded/checked-body.js';
import type { LockBody } from '../guarded/guarded-call.js';
import { answerToCaller } from '../lease/answer-to-caller.js';
import { identityBelow, keyFault, nameFault, type LockKey } from '../lease/lease-name.js';
import { show } from '../time/duration.js';
import { Flights } from './flights.js';
import { resolveOnce, resolveShare, type OnceTerms } from './once-options.js';
import {
  OnceService,
  type OnceOptions,
  type PreparedOnce,
  type PreparedOnceOptions,
  type ShareOptions,
} from './once-service.js';
import { PreparedLeaseOnce, type Landed, type OnceParts } from './prepared-lease-once.js';

/** What it is made of, and what applies when a caller says nothing. */
export interface OnceServiceParts extends OnceParts {
  readonly defaults: GuardDefaults;
}

export class LeaseOnceService extends OnceService {
  readonly #parts: OnceServiceParts;
  /** Of those who do it once, and of those who share: they do not wait for each other's. */
  readonly #once = new Flights<Landed>();
  readonly #shared = new Flights<Landed>();

  constructor(parts: OnceServiceParts) {
    super();
    this.#parts = parts;
  }

  override async run<T>(name: string, options: OnceOptions, body: LockBody<T>): Promise<T> {
    const terms = resolveOnce(name, options, this.#parts.defaults);
    return this.#prepared(terms).run(options.key, options.signal, checkedBody(`Once ${show(name)}`, body));
  }

  override async share<T>(name: string, options: ShareOptions, body: LockBody<T>): Promise<T> {
    const terms = resolveShare(name, options, this.#parts.defaults);
    return this.#prepared(terms).run(options.key, options.signal, checkedBody(`Once ${show(name)}`, body));
  }

  override prepare(name: string, options: PreparedOnceOptions): PreparedOnce {
    const faults = preparedFaults('Lock', options);
    if (faults.length > 0) throw new LockConfigError(`Once ${show(name)} cannot work`, faults);
    return this.#prepared(resolveOnce(name, options, this.#parts.defaults));
  }

  override async forget(name: string, key?: LockKey): Promise<boolean> {
    const faults = [nameFault(name, 'name'), keyFault(key)].filter((fault) => fault !== undefined);
    if (faults.length > 0) throw new LockConfigError('Cannot forget', faults);
    const { escapedName } = resolveShare(name, {}, this.#parts.defaults);
    const { store } = this.#parts;
    return answerToCaller(this.#parts, name, store.forget(identityBelow(escapedName, key)));
  }

  #prepared(terms: OnceTerms): PreparedOnce {
    return new PreparedLeaseOnce(
      this.#parts,
      terms,
      terms.outcomeOf === 'anybody' ? this.#once : this.#shared,
    );
  }
}
