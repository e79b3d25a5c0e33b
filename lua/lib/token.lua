-- A token is the process it is of, a dot, and a number. Behind one of the same process a member leaves the process out.
local PROCESS_ID_LENGTH, DOT, last_process = 22, 46, ''

local function process_of(token)
  return string.sub(token, 1, PROCESS_ID_LENGTH)
end

local function whole_token(sent)
  if string.byte(sent) == DOT then return last_process .. sent end
  last_process = process_of(sent)
  return sent
end
