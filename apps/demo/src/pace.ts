/** How fast things go in this shop, in one place. Short, so that half a minute shows everything. */

/** A dead holder blocks the others for this long. */
export const LEASE_TTL_MS = 2_000;
/** Longer than the clocks of replicas differ, shorter than the time between two ticks. */
export const HOLD_AT_LEAST_MS = 500;

/** Printing and sending one invoice. */
export const INVOICE_WORK_MS = 15;
/** Adding up the invoices of a closing. */
export const CLOSING_WORK_MS = 40;
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
