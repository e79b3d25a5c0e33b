-- Everything a script may touch. Redis closes its sandbox at run time; this closes it before.
stds.redis_script = {
  read_globals = {
    'KEYS', 'ARGV',
    'error', 'ipairs', 'next', 'pairs', 'pcall', 'select', 'tonumber', 'type', 'unpack',
    redis = { fields = { 'call', 'pcall', 'error_reply', 'status_reply', 'sha1hex', 'log' } },
    math = { fields = { 'floor', 'ceil', 'max', 'min', 'abs', 'huge' } },
    string = { fields = { 'format', 'sub', 'find', 'match', 'gmatch', 'len', 'byte', 'char', 'rep', 'gsub' } },
    table = { fields = { 'insert', 'remove', 'concat', 'sort' } },
  },
}
std = 'redis_script'
max_line_length = 140
max_cyclomatic_complexity = 10
-- Fragments of lua/lib are put in below the bindings of a script; their parameters may bear the same names.
ignore = { '431', '432', '433' }
