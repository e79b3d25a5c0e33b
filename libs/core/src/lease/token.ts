/** What a token looks like: the process that it is of, a dot, and a number. Scripts rely on the length of the first part. */

/** 128 random bits as base64url. */
const PROCESS_ID_LENGTH = 22;

/** Which process a token is of; `undefined` for the marker that `holdAtLeast` leaves and for keys that others wrote. */
export function processOf(token: string): string | undefined {
  return token[PROCESS_ID_LENGTH] === '.' ? token.slice(0, PROCESS_ID_LENGTH) : undefined;
}

/** Whether a token is of that process. */
export function isOf(process: string, token: string): boolean {
  return token[process.length] === '.' && token.startsWith(process);
}
