/** A look at a namespace from outside: what all its processes do, not only this one. */

/** A process of the namespace, as it said itself a few seconds ago. */
export interface ReplicaInfo {
  /** Unique for each start of a process. */
  readonly processId: string;
  readonly replica: string | undefined;
  readonly host: string | undefined;
  readonly pid: number | undefined;
  /** Of its application, as its `version` option said. */
  readonly version: string | undefined;
  /** In milliseconds since 1970, by its own clock. */
  readonly startedAt: number | undefined;
  /**
   * How long ago it was heard of, by the server's clock. A process is heard of every 5 s; one that is silent for longer
   * is dead, frozen, or cut off. It is left out a minute after it was heard of last, and at once when it closes in good
   * order.
   */
  readonly silentMs: number;
  /** Names of the jobs that it runs, 100 at most. */
  readonly jobs: readonly string[];
  /** Runs that it had under way, 100 at most. */
  readonly running: readonly { readonly job: string; readonly run: string }[];
  /** Elections in which it led, 100 at most. */
  readonly leads: readonly string[];
}

/** Reads what is known about a namespace. Changes nothing. */
export abstract class Inspector {
  /**
   * The processes that work in the namespace, the one that was heard of last first; 1,000 at most.
   * @throws LockUnavailableError when the server does not answer, LockRefusedError when trying again cannot help
   */
  abstract replicas(): Promise<readonly ReplicaInfo[]>;
}
