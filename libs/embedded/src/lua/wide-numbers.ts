/**
 * In WebAssembly a C `long` has 32 bits, in the Lua of Redis 64. Lua itself counts in doubles and doesn't mind, but
 * the functions that pass through a `long` would cut large numbers silently. This chunk of Lua, run once before the
 * sandbox is built, replaces them by ones that agree with Redis, or that say so where they cannot.
 */
export const WIDE_NUMBERS = `
local format, real_tonumber, floor, ceil = string.format, tonumber, math.floor, math.ceil
local error, select, type, unpack = error, select, type, unpack
local LONG = 2 ^ 31

local function is_wide(value)
  return type(value) == 'number' and (value >= LONG or value < -LONG)
end

local function narrow(value)
  if not is_wide(value) then return value end
  return value > 0 and LONG - 1 or -LONG
end

-- Positions in a text: beyond its end is beyond its end.
local of_text = {}
for _, name in ipairs({ 'sub', 'byte', 'find', 'match', 'rep' }) do
  of_text[name] = string[name]
  string[name] = function(...)
    local text, first, second = ...
    if is_wide(first) or is_wide(second) then return of_text[name](text, narrow(first), narrow(second), select(4, ...)) end
    return of_text[name](...)
  end
end

local function hexadecimal(kind, value)
  local high = floor(value / 2 ^ 32)
  local low = value - high * 2 ^ 32
  if high < 0 then high = high + 2 ^ 32 end
  if high == 0 then return format('%' .. kind, low) end
  return format('%' .. kind .. '%08' .. kind, high, low)
end

-- What '%<detail><kind>' makes of a value that a long can't hold, as a text.
local function format_wide(detail, kind, value)
  local whole = value < 0 and ceil(value) or floor(value)
  if (kind == 'd' or kind == 'i') and not detail:find('.', 1, true) then
    return format('%' .. detail .. '.0f', whole)
  end
  if (kind == 'x' or kind == 'X') and detail == '' then return hexadecimal(kind, whole) end
  error('the embedded host cannot format a number of more than 32 bits with %' .. detail .. kind, 3)
end

function string.format(pattern, ...)
  if type(pattern) ~= 'string' or not pattern:find('%%[-+ #%d.]*[dioxXu]') then return format(pattern, ...) end
  local args, at = { ... }, 0
  local rewritten = pattern:gsub('%%([-+ #%d.]*)([%a%%])', function(detail, kind)
    if kind == '%' then return nil end
    at = at + 1
    local value = args[at]
    if not kind:find('[dioxXu]') or type(value) ~= 'number' then return nil end
    local unsigned = kind ~= 'd' and kind ~= 'i'
    if not is_wide(value) and (value >= 0 or not unsigned) then return nil end
    args[at] = format_wide(detail, kind, value)
    return '%s'
  end)
  return format(rewritten, unpack(args, 1, select('#', ...)))
end

-- Called with a base only.
local function read_digits(text, base)
  local sign, digits = text:match('^%s*([-+]?)0?[xX]?(%w+)')
  local total = 0
  for digit in digits:gmatch('.') do total = total * base + real_tonumber(digit, 36) end
  if total >= 2 ^ 64 then return 2 ^ 64 end
  return sign == '-' and total > 0 and 2 ^ 64 - total or total
end

function tonumber(...)
  local value = real_tonumber(...)
  local text, base = ...
  if value == nil or base == nil or base == 10 or type(text) ~= 'string' then return value end
  if value < 2 ^ 32 - 1 and not text:find('^%s*-') then return value end
  return read_digits(text, base)
end
`;
