/** What a node of a cluster answers when a call belongs elsewhere or has to come again; nothing of it was executed then. */
import { StoreError } from '../lease/store-error.js';

/** Where a node listens. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

export type Redirection =
  /** The slot is on another node from now on. An empty host is that of the node which says so: it knows no other. */
  | { readonly kind: 'moved'; readonly slot: number; readonly to: NodeAddress }
  /** The slot is on its way to another node, and so are the keys of this call. */
  | { readonly kind: 'ask'; readonly to: NodeAddress }
  /** The slot is on its way, and the keys of this call are at both ends. */
  | { readonly kind: 'try-again' };

/** A call that a node did not execute. Whoever speaks to a single Redis has not expected to meet a cluster. */
export class RedirectError extends StoreError {
  readonly redirection: Redirection;

  constructor(redirection: Redirection) {
    super(
      redirection.kind === 'try-again' ? 'cluster-down' : 'unexpected',
      redirection.kind === 'try-again'
        ? 'TRYAGAIN answered by the server: the slot is on its way to another node'
        : 'The server is one of a cluster; give connection: { cluster: [{ host, port }] }',
      { ambiguous: false },
    );
    this.redirection = redirection;
  }
}

/** `undefined` for any other error. */
export function redirectionOf(message: string): Redirection | undefined {
  const [word, slot, address] = message.split(' ', 3);
  if (word === 'TRYAGAIN') return { kind: 'try-again' };
  if ((word !== 'MOVED' && word !== 'ASK') || address === undefined) return undefined;
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  const to = { host: host === '?' ? '' : host, port: Number(address.slice(colon + 1)) };
  return word === 'ASK' ? { kind: 'ask', to } : { kind: 'moved', slot: Number(slot), to };
}
