/** The port between elections and whatever keeps the mark of a preferred candidate. Calls may stay pending. */
export interface PreferenceStore {
  /**
   * Marks for `lastsMs` that the preferred candidate of that process stands by, and puts it in front of the line;
   * 0 takes the mark back.
   */
  claim(identity: string, processId: string, lastsMs: number): Promise<void>;
  /** Whether a preferred candidate stands in front of the line, ready to take over. */
  inspect(identity: string): Promise<boolean>;
}
