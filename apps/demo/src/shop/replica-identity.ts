import type { Author } from '../bookkeeping/entries.js';

/** Which replica this is. A class, so that it is its own injection token. */
export class ReplicaIdentity {
  readonly author: Author;

  constructor(author: Author) {
    this.author = author;
  }
}
