/**
 * What stands in the ledger: the shop's books (orders, invoices, closings) and what happened to those who write them
 * (runs, skips, refusals, kills). Everything the audit says can be counted again from these lines alone.
 */

/** Who wrote it. A restarted replica keeps its name and begins another life. */
export interface Author {
  readonly replica: string;
  readonly life: number;
  readonly pid: number;
}

export const JOBS = ['invoice-orders', 'close-books', 'expire-carts', 'import-orders'] as const;
/** A cron job; its lock or its runs, and the resource that its fence protects, have the same name. */
export type JobName = (typeof JOBS)[number];

/** One run of a job. */
export interface RunMark {
  readonly job: JobName;
  readonly runId: string;
  /** The second that the run was scheduled for, as epoch ms. */
  readonly tick: number;
  /** 1, and one more for each replica that died over this tick before. */
  readonly attempt: number;
  /** Of the lease that the run holds; `null` if it holds none, because the locks are off. */
  readonly fence: number | null;
}

export const SKIP_REASONS = ['overlap', 'paused', 'missed'] as const;
/** Why a tick was left out: the run before it was not over, somebody paused the job, or nobody was there. */
export type SkipReason = (typeof SKIP_REASONS)[number];

export interface Order {
  readonly orderId: string;
  readonly customer: string;
  readonly cents: number;
}

/** Something that a run does to the books. */
export type Posting =
  | {
      readonly kind: 'order';
      readonly source: 'file';
      readonly orderId: string;
      readonly customer: string;
      readonly cents: number;
    }
  | { readonly kind: 'invoice'; readonly orderId: string; readonly cents: number }
  | { readonly kind: 'cart-expired'; readonly cartId: string }
  /** A page of a closing, from 1 on, is added up and saved; the closing itself comes behind the last one. */
  | { readonly kind: 'added-up'; readonly page: number; readonly pages: number }
  | { readonly kind: 'closing'; readonly invoiceSeqs: readonly number[]; readonly cents: number };

/** What happens outside of runs. */
export type Notice =
  | ({ readonly kind: 'order'; readonly source: 'http' } & Order & Author)
  | ({ readonly kind: 'cart'; readonly cartId: string } & Author)
  | ({ readonly kind: 'skipped'; readonly job: JobName; readonly tick: number } & Author)
  /** The job layer left a tick out, as the policies of the job say. */
  | ({
      readonly kind: 'tick-skipped';
      readonly job: JobName;
      readonly tick: number;
      readonly reason: SkipReason;
    } & Author)
  | ({ readonly kind: 'killed'; readonly job: JobName } & Author)
  | ({ readonly kind: 'frozen' } & Author)
  | ({ readonly kind: 'thawed' } & Author)
  | ({ readonly kind: 'restarted' } & Author);

/** How a run began, ended, or was kept from writing. */
export type RunNote =
  | { readonly kind: 'run-started' }
  | { readonly kind: 'run-finished' }
  | { readonly kind: 'run-failed'; readonly reason: string }
  | {
      readonly kind: 'refused';
      readonly refused: Posting['kind'] | 'run-finished' | 'run-started';
      readonly highestSeen: number;
    };

export type Entry = Notice | ((Posting | RunNote) & RunMark & Author);

/** A line of the ledger. */
export type LedgerEntry = Entry & { readonly seq: number; readonly at: number };

/** Lines of one kind. */
export type EntryOf<Kind extends Entry['kind']> = Extract<LedgerEntry, { kind: Kind }>;

/** Name of one life of a replica. */
export function lifeOf({ replica, life }: Pick<Author, 'replica' | 'life'>): string {
  return life === 1 ? replica : `${replica}/${life}`;
}
