/** What a store answers, as a promise. */
import type {
  AcquireReply,
  AcquireRequest,
  LeaseStore,
  ReleaseRequest,
} from '../../../../libs/core/src/lease/lease-store.js';

type Asked<Request> = Omit<Request, 'operation' | 'answered' | 'failed' | 'stillWanted'>;

export function acquireFrom(
  store: LeaseStore,
  request: Asked<AcquireRequest> & { readonly stillWanted?: () => boolean },
): Promise<AcquireReply> {
  return new Promise((answered, failed) =>
    store.acquire({ operation: 'acquire', stillWanted: () => true, ...request, answered, failed }),
  );
}

export function releaseFrom(store: LeaseStore, request: Asked<ReleaseRequest>): Promise<boolean> {
  return new Promise((answered, failed) =>
    store.release({ operation: 'release', ...request, answered, failed }),
  );
}
