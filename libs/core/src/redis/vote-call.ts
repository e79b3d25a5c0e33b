/** The votes of one tick in one call of `quorum/confirm`. */
import { asStoreError } from '../lease/store-error.js';
import type { VoteReply, VoteRequest } from '../quorum/voting-store.js';
import type { KeySpace } from './keys.js';
import type { ScriptCall, ScriptReceipt } from './script-host.js';
import { text } from './script-reply.js';
import { quorumConfirm } from './scripts.generated.js';
import { fromServerReply } from './server-reply.js';

const OUTCOMES: ReadonlyMap<number | string | undefined, VoteReply['outcome']> = new Map([
  [1, 'voted'],
  [0, 'lost'],
  [-1, 'outrun'],
  [-2, 'absent'],
]);

export class VoteCall implements ScriptCall {
  readonly script = quorumConfirm;
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
  readonly #requests: readonly VoteRequest[];

  constructor(requests: readonly VoteRequest[], keys: KeySpace, absentMs: number) {
    this.#requests = requests;
    this.keys = requests.flatMap(({ identity }) => {
      const { lock, fence } = keys.lease(identity);
      return [lock, fence, keys.seat];
    });
    this.args = requests.flatMap(({ token, ttlMs, lastFence }) => [token, ttlMs, lastFence, absentMs]);
  }

  answer({ reply, sentAt, epoch }: ScriptReceipt): void {
    for (const [member, request] of this.#requests.entries()) {
      const outcome = OUTCOMES.get(reply[member]);
      if (outcome === undefined) request.failed(troubleIn(reply[member]));
      else request.answered({ outcome, sentAt, epoch });
    }
  }
}

function troubleIn(code: number | string | undefined) {
  try {
    return fromServerReply(text(code), quorumConfirm.name);
  } catch (error) {
    return asStoreError(error);
  }
}
