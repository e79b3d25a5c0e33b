-- A token as it is sent: behind one of the same process a member leaves the process out.
local DOT, last_process = 46, ''

local function whole_token(sent)
  if string.byte(sent) == DOT then return last_process .. sent end
  last_process = process_of(sent)
  return sent
end
