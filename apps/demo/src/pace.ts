/** How fast things go in this shop, in one place. Short, so that half a minute shows everything. */

/** A dead holder blocks the others for this long. */
export const LEASE_TTL_MS = 2_000;
/** Longer than the clocks of replicas differ (unless --skew is given), shorter than the time between two ticks. */
export const HOLD_AT_LEAST_MS = 500;

/** Printing and sending one invoice. */
export const INVOICE_WORK_MS = 15;
/** The books are closed this often; the audit knows from it which ticks there have to be. */
export const CLOSING_EVERY_MS = 2_000;
export const CLOSING_CRON = '*/2 * * * * *';
/** A closing adds up page by page: so many pages, or fewer where there are fewer invoices, which take so long each. */
export const PAGES_A_CLOSING = 8;
export const PAGE_WORK_MS = 40;
/** Telling one customer that the cart is gone. */
export const CART_WORK_MS = 5;
export const CART_LIFETIME_MS = 1_500;
export const IMPORT_BATCH = 20;

/** Orders and carts arrive this often, whatever the number of replicas. */
export const ORDER_EVERY_MS = 100;
export const CART_EVERY_MS = 400;

/** The second that an instant belongs to: which tick of a cron job it is. */
export function tickAt(at: number): number {
  return at - (at % 1_000);
}
