/** Holds a body up until the test lets it go on. */
export class Gate {
  readonly opened: Promise<void>;
  /** Lets everybody through, from now on. */
  readonly open: () => void;

  constructor() {
    let resolve = (): void => undefined;
    this.opened = new Promise<void>((settle) => {
      resolve = settle;
    });
    this.open = () => resolve();
  }
}
