-- The code of a member, or its trouble as a text; and behind it the answer to the whole call, where a server that takes no
-- writes takes none of any member, so that the client looks elsewhere. Redis 7 raises tables, Redis 6 texts.
local function code_of(renew, ...)
  local done, code = pcall(renew, ...)
  if done then return code end
  local trouble = type(code) == 'table' and code.err or code
  return trouble, string.find(trouble, 'READONLY', 1, true) and redis.error_reply(trouble)
end
