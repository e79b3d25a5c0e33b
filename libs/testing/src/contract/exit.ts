/** What a body awaits that stays inside until the test lets it go. */
export class Exit<T> {
  readonly taken: Promise<T>;
  leave: (value: T) => void = () => undefined;
  fail: (error: unknown) => void = () => undefined;

  constructor() {
    this.taken = new Promise<T>((resolve, reject) => {
      this.leave = resolve;
      this.fail = reject;
    });
  }
}
