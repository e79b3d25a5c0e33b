// Bugs that the simulation has to find. Each is one or more edits of the library's source, Lua included: `find` is replaced
// by `put`. A text that is not there any more is an error, so a change of the source has to bring its bug along.

const CORE = 'libs/core/src';
const SCRIPTS = `${CORE}/redis/scripts.generated.ts`;

const bug = (name, ...edits) => ({ name, edits });
const edit = (file, find, put) => ({ file, find, put });
const inScripts = (find, put) => edit(SCRIPTS, find, put);
const inLease = (file, find, put) => edit(`${CORE}/lease/${file}.ts`, find, put);

export const plantedBugs = [
  bug(
    'deadline-at-reply',
    inLease(
      'asker',
      '{ fence, sentAt }: { fence: number; sentAt: number }): void {',
      '{ fence }: { fence: number; sentAt: number }): void {\nconst sentAt = this.#parts.clock.now();',
    ),
  ),
  bug('blind-del', inScripts(`if held_by ~= token or hold_ms ~= '0' then`, `if hold_ms ~= '0' then`)),
  bug('token-per-client', inLease('token-source', '${this.#issued.toString(36)}', '1')),
  bug('no-fence', inLease('fence-guard', 'if (fence < highestSeen) throw', 'if (fence < 0) throw')),
  bug('incr-fence', inScripts('local first = server_micros()', 'local first = FENCE_BLOCK')),
  bug(
    'no-deadline',
    inLease('held-lease', `if (now >= this.tenure.deadline) this.lose('expired');\n    else if`, 'if'),
    inLease('held-lease', `if (now >= this.tenure.abortAt) this.lose('expired');\n    else if`, 'if'),
  ),
  bug('late-renewal', inLease('lease-keeper', 'holder.renewed(sentAt)', 'holder.renewed(this.#clock.now())')),
  bug(
    'get-then-del',
    inScripts(
      `local held_by = redis.call('GET', lock)\n  if held_by ~= token or`,
      `local held_by = hold_ms == '-1' and token or redis.call('GET', lock)\n  if hold_ms == '-1' then hold_ms = '0' end\n  if held_by ~= token or`,
    ),
    edit(
      `${CORE}/redis/redis-lease-store.ts`,
      'release(request: ReleaseRequest): void {\n    this.#batcher.add(request);',
      `release(request: ReleaseRequest): void {
        const { operation, identity, token, holdMs } = request;
        const answered = (released: boolean) => request.answered(released);
        const failed = (error: any) => request.failed(error);
        const remove = (blind: boolean) =>
          this.#batcher.add({ operation, identity, token, holdMs: blind ? -1 : holdMs, answered, failed });
        this.inspect(identity).then(({ holder }) => remove(holdMs === 0 && holder === token), () => remove(false));`,
    ),
  ),
  bug(
    'renewal-recreates-key',
    inScripts('elseif held_by ~= token then', 'elseif held_by and held_by ~= token then'),
    inScripts(`redis.pcall('PEXPIRE', lock, ttl_ms)`, `redis.pcall('SET', lock, token, 'PX', ttl_ms) and 1`),
  ),
  bug('lost-wake-up', inScripts(`if not calm and redis.call('EXISTS', queue) == 1 then`, 'if false then')),
  bug('push-not-heard', inLease('asker', 'if (!this.#waiting) return;', 'return;')),
  bug(
    'grant-to-cancelled-waiter',
    inScripts(`leave_queue(keys.queue, token)\n  if not held_by`, 'if not held_by'),
  ),
  bug('cancel-wakes-nobody', inScripts(`if not held_by then hand_off(keys, '') end`, '')),
  bug(
    'push-counts-from-arrival',
    inLease('pushed-grant', 'poll.reply.sentAt + validityMs', 'now + validityMs'),
  ),
  bug('push-older-than-poll', inLease('pushed-grant', '|| push.fence <= poll.reply.lastFence', '')),
  bug('renewal-not-needed-for-push', inLease('asker', 'renewAt: AT_ONCE', 'renewAt: grantedAt + 1e6')),
  bug(
    'release-of-passed-lease',
    inLease(
      'lease-engine',
      `this.#news.released(lease, 'released');\n      return`,
      `this.#news.released(lease, 'released');\n      void this.#releases.send(lease, 0, now);\n      return`,
    ),
  ),
  bug('pass-without-fence', inLease('tenure', 'this.#passes += 1;', '')),
  bug(
    'barging-try-acquire',
    inScripts(
      `local free = (calm or redis.call('EXISTS', queue) == 0) and redis.pcall`,
      'local free = redis.pcall',
    ),
  ),
  bug(
    'yours-is-not-armed-again',
    inScripts(`if redis.call('PTTL', keys.lock) < tonumber(ttl_ms) then`, 'if false then'),
  ),
  bug(
    'clean-up-while-asking',
    inLease(
      'asker',
      `else if (condition === 'timeout') this.#ask();`,
      `else if (condition === 'timeout') {\nthis.#giveBack(this.#token);\nthis.#ask();\n}`,
    ),
  ),
  bug('token-used-again', inLease('asker', `this.#token = '';\n    this.#ask();`, 'this.#ask();')),
  bug('late-grant-taken', inLease('asker', 'if (wanted && grantedAt < sentAt + validMs)', 'if (wanted)')),
  bug('no-clean-up', inLease('asker', 'if (this.#sent > this.#harmless && !answeredAtOnce)', 'if (false)')),
  bug(
    'abandoned-acquire-sent-again',
    edit(`${CORE}/redis/batch-call.ts`, 'if (this.#members.some(isUnwanted))', 'if (false)'),
  ),
  bug(
    'told-with-next-renewal',
    inLease('lease-keeper', 'Math.min(renewAt, holder.dueAt) - STEP_MS', 'renewAt - STEP_MS'),
  ),
  bug('sleep-seen-late', edit(`${CORE}/time/clock.ts`, 'jumpMs > WALL_JUMP_MS || ', '')),
  bug(
    'sleep-never-seen',
    edit(`${CORE}/time/clock.ts`, 'if (grown <= SUSPEND_THRESHOLD_MS) return;', 'return;'),
  ),
  bug('timers-sleep-too', edit(`${CORE}/time/clock.ts`, 'this.#armAgain();', '')),
  bug(
    'wall-jump-taken-for-sleep',
    edit(
      `${CORE}/time/clock.ts`,
      'const gap = this.#sources.uptimeMs() - monotonic;',
      'const gap = this.#wallGapAt(monotonic);',
    ),
  ),
  bug('queue-never-ends', inScripts(`redis.call('PEXPIRE', queue, QUEUE_KEPT_MS)`, '')),
];
