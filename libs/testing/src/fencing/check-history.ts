/**
 * Judges what happened to locks after the fact. Give it what several processes wrote down, and it tells where two
 * holders overlapped, where a stale write got through, and where a fence did not grow.
 *
 * It believes `at`, so events of several machines are only as good as their clocks agree; on one machine use one clock.
 */

interface EventBase {
  /** Name of the lock, with its key if it has one. */
  readonly name: string;
  /** Who: unique for each grant, such as process and a counter. */
  readonly holder: string;
  readonly fence: number;
  /** When, in ms of one clock. Events of the same instant count in the order given. */
  readonly at: number;
}

/**
 * Something that happened. Take the time of `acquired` after the grant, of `released` before the release is sent, and
 * write `lost` for a holder that was told, or that was killed: from then on it may overlap with nobody.
 */
export type HistoryEvent =
  | (EventBase & { readonly kind: 'acquired' | 'released' | 'lost' })
  | (EventBase & { readonly kind: 'wrote'; readonly accepted: boolean });

/** Something that must not happen. */
export type HistoryViolation =
  | {
      readonly kind: 'overlap';
      readonly name: string;
      readonly first: HistoryEvent;
      readonly second: HistoryEvent;
      readonly message: string;
    }
  | {
      readonly kind: 'stale-write-accepted';
      readonly name: string;
      readonly write: HistoryEvent;
      readonly newer: HistoryEvent;
      readonly message: string;
    }
  | {
      readonly kind: 'fence-did-not-grow';
      readonly name: string;
      readonly earlier: HistoryEvent;
      readonly later: HistoryEvent;
      readonly message: string;
    };

/** Everything that is wrong with a history, in the order in which it happened; empty when it is sound. */
export function checkHistory(events: readonly HistoryEvent[]): readonly HistoryViolation[] {
  const lines = new Map<string, NameHistory>();
  const violations: HistoryViolation[] = [];
  for (const event of events.toSorted((a, b) => a.at - b.at)) {
    const line = lines.get(event.name) ?? new NameHistory();
    lines.set(event.name, line);
    violations.push(...line.add(event));
  }
  return violations;
}

/** What has to be remembered about one name. */
class NameHistory {
  readonly #inside = new Map<string, HistoryEvent>();
  #lastGrant: HistoryEvent | undefined;
  #newestWrite: HistoryEvent | undefined;

  add(event: HistoryEvent): HistoryViolation[] {
    switch (event.kind) {
      case 'acquired':
        return this.#acquired(event);
      case 'wrote':
        return event.accepted ? this.#wrote(event) : [];
      case 'released':
      case 'lost':
        this.#inside.delete(event.holder);
        return [];
    }
  }

  #acquired(event: HistoryEvent): HistoryViolation[] {
    const violations = [...this.#inside.values()].map((first) => overlap(first, event));
    this.#inside.set(event.holder, event);
    const earlier = this.#lastGrant;
    if (earlier !== undefined && event.fence <= earlier.fence) violations.push(noGrowth(earlier, event));
    if (earlier === undefined || event.fence > earlier.fence) this.#lastGrant = event;
    return violations;
  }

  #wrote(event: HistoryEvent): HistoryViolation[] {
    const newer = this.#newestWrite;
    if (newer !== undefined && event.fence < newer.fence) return [staleWrite(event, newer)];
    this.#newestWrite = event;
    return [];
  }
}

function overlap(first: HistoryEvent, second: HistoryEvent): HistoryViolation {
  const { name } = second;
  const message =
    `"${name}": ${second.holder} (fence ${second.fence}) came in at ${second.at} ` +
    `while ${first.holder} (fence ${first.fence}, since ${first.at}) was inside`;
  return { kind: 'overlap', name, first, second, message };
}

function noGrowth(earlier: HistoryEvent, later: HistoryEvent): HistoryViolation {
  const { name } = later;
  const message =
    `"${name}": ${later.holder} got fence ${later.fence} at ${later.at}, ` +
    `not above ${earlier.fence} of ${earlier.holder} at ${earlier.at}`;
  return { kind: 'fence-did-not-grow', name, earlier, later, message };
}

function staleWrite(write: HistoryEvent, newer: HistoryEvent): HistoryViolation {
  const { name } = write;
  const message =
    `"${name}": a write of ${write.holder} (fence ${write.fence}) was accepted at ${write.at}, ` +
    `after ${newer.holder} (fence ${newer.fence}) had written at ${newer.at}`;
  return { kind: 'stale-write-accepted', name, write, newer, message };
}
