// What was wrong, collected, so that one run tells everything.
export class Findings {
  #list = [];
  #checks = 0;

  add(where, what) {
    this.#list.push(`${where}: ${what}`);
  }

  /** Counts a check, and keeps what it says if it does not hold. */
  expect(holds, where, what) {
    this.#checks += 1;
    if (!holds) this.add(where, what);
  }

  /** Prints what was found; the exit code. */
  report() {
    for (const finding of this.#list) console.error(finding);
    console.log(`browser: ${this.#checks} checks, ${this.#list.length} findings`);
    // A run that checked nothing proves nothing.
    return this.#list.length === 0 && this.#checks > 0 ? 0 : 1;
  }
}
