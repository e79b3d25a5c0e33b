/** What becomes of a grant when a server is lost, and what a lock needs of it. */

/**
 * What the grants of an instance withstand.
 *
 * `efficiency`: one Redis, or one whose fail-over is asynchronous: a grant that was not replicated yet is given away
 * again. Right where a second holder costs work and no more. `failover-aware`: a grant counts when enough servers have it.
 */
export type Durability =
  { readonly mode: 'efficiency' } | { readonly mode: 'failover-aware'; readonly by: 'replicas' | 'quorum' };

/**
 * What a lock needs. `fenced`: the resource compares `lease.fence`, which is the only thing that also holds against a
 * holder that was frozen between its check and its write, whatever the server does.
 */
export type DurabilityNeed = Durability['mode'] | 'fenced';

export const EFFICIENCY: Durability = { mode: 'efficiency' };
