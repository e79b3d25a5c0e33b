/**
 * The world that a script sees, in Lua: what Redis offers and nothing else, and none of it can be changed.
 * Vanilla Lua 5.1 has no read-only tables, so scripts get empty faces whose metatables read from the real ones.
 * `dispatch` is our side: it takes the words of a command and returns the reply, and whether that is an error. It never
 * raises one itself, because an error that crosses from JavaScript would skip the frames in between.
 */
export const SANDBOX = `
local dispatch, sha1hex = ...
local error, type, getinfo, raw_pcall = error, type, debug.getinfo, pcall
local getmetatable, setmetatable, rawset, tostring = getmetatable, setmetatable, rawset, tostring
local is_face = setmetatable({}, { __mode = 'k' })
local SCRIPT = '@user_script'

local function refuse_write()
  error('Attempt to modify a readonly table', 2)
end

-- What stands behind a face; reading a name it lacks calls \`missing\`.
local function face_of(behind, missing)
  if missing then setmetatable(behind, { __index = missing }) end
  local face = setmetatable({}, { __index = behind, __newindex = refuse_write, __metatable = false })
  is_face[face] = true
  return face
end

local function names(text)
  local set = {}
  for name in text:gmatch('%S+') do set[name] = true end
  return set
end

local function pick(from, text)
  local picked = {}
  for name in pairs(names(text)) do picked[name] = from[name] end
  return picked
end

local function call(...)
  local reply, failed = dispatch(...)
  if failed then error(reply) end
  return reply
end

local function one_text(make)
  return function(...)
    local text = ...
    if select('#', ...) ~= 1 or type(text) ~= 'string' then return { err = 'ERR wrong number or type of arguments' } end
    return make(text)
  end
end

local redis_lacks = names('breakpoint debug replicate_commands set_repl setresp acl_check_cmd REPL_ALL REPL_AOF REPL_NONE REPL_REPLICA REPL_SLAVE REDIS_VERSION REDIS_VERSION_NUM')
local redis = face_of({
  call = call,
  pcall = function(...) return (dispatch(...)) end,
  status_reply = one_text(function(text) return { ok = text } end),
  error_reply = one_text(function(text)
    text = text:gsub('^%-', '')
    return { err = text:find(' ', 1, true) and text or 'ERR ' .. text }
  end),
  sha1hex = function(...)
    if select('#', ...) ~= 1 then error({ err = 'ERR wrong number of arguments' }) end
    return sha1hex(tostring((...)))
  end,
  log = function(...)
    if select('#', ...) < 2 then error({ err = 'ERR redis.log() requires two arguments or more.' }) end
  end,
  LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
}, function(_, name)
  if redis_lacks[name] then error('the embedded host has no redis.' .. name, 2) end
end)

local globals = pick(_G, '_VERSION assert error ipairs next pairs rawequal rawget select tonumber tostring type unpack xpcall')
for _, name in ipairs({ 'string', 'math', 'table', 'coroutine' }) do globals[name] = face_of(_G[name]) end
globals.redis = redis

-- As in Redis, a caught error of redis.call is its text.
local function after_pcall(...)
  local ok, reason = ...
  if not ok and type(reason) == 'table' and type(reason.err) == 'string' then return false, reason.err end
  return ...
end
function globals.pcall(...) return after_pcall(raw_pcall(...)) end

function globals.rawset(table, key, value)
  if is_face[table] then error('Attempt to modify a readonly table', 0) end
  return rawset(table, key, value)
end
function globals.setmetatable(table, meta)
  if is_face[table] then error('Attempt to modify a readonly table', 0) end
  return setmetatable(table, meta)
end
-- The metatable of texts holds the real string library, which must stay out of reach.
function globals.getmetatable(value)
  if type(value) == 'string' or is_face[value] then return nil end
  return getmetatable(value)
end

local lacks = names('cjson cmsgpack struct bit load loadstring collectgarbage gcinfo')
local environment = face_of(globals, function(_, name)
  if lacks[name] then error("the embedded host has no '" .. tostring(name) .. "'", 2) end
  error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
end)
globals._G = environment

-- Adds where in the script it happened, as Redis does.
local function on_error(reason)
  local err = type(reason) == 'table' and reason.err or nil
  if type(err) ~= 'string' then err = 'ERR ' .. tostring(type(reason) == 'table' and 'unknown error' or reason) end
  for level = 2, 200 do
    local info = getinfo(level, 'Sl')
    if not info then break end
    if info.source == SCRIPT then
      err = err:gsub('^ERR sandbox:%d+:', 'ERR user_script:' .. info.currentline .. ':')
      return { err = err, line = info.currentline }
    end
  end
  return { err = (err:gsub('^ERR sandbox:%d+: ', 'ERR ')) }
end

return globals, environment, on_error
`;
