--- Brings the definition that a process has of a job, which holds from now on unless another one is newer.
-- @key job HASH the definition that holds now
-- @arg hash names the definition
-- @arg version given to it by its author, a number, or nothing
-- @arg definition as text, for processes that have another
-- @arg schedule what its ticks are computed from; nothing for a job that runs only when asked for
-- @arg overlap 'skip', 'queue-one', 'cancel-previous' or 'allow'
-- @arg missed 'skip', 'last' or 'all'
-- @arg latenessMs how late a tick may be claimed and still not be missed
-- @arg catchUpMs how long a missed tick is worth running
-- @arg attempts how often a run may begin, the first time included, when its process dies
-- @arg keep how many runs the history keeps
-- @arg keepMs how long anything about the job is kept when nothing happens any more
-- @reply {hash} of the definition that holds now
local job = KEYS[1]
local hash, version, definition, schedule, overlap, missed, lateness_ms, catch_up_ms, attempts, keep, keep_ms = unpack(ARGV)
-- @include lib/time
-- @include lib/job_state
-- @include lib/job_alive
-- @include lib/job_definition
define()
keep_alive()
return { is.hash }
