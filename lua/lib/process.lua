-- A token is the process it is of, a dot, and a number.
local PROCESS_ID_LENGTH = 22

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
end
