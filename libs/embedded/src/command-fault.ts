/** Ends a command with an error reply of this text. */
export class CommandFault extends Error {}

/** The text that Redis answers where it expected another word. */
export const SYNTAX_ERROR = 'ERR syntax error';
