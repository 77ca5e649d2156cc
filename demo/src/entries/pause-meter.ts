/** Measures how long the page was held up at most: how late a message to itself arrived. */
export class PauseMeter {
  longest_ms = 0;
  readonly #channel: MessageChannel = new MessageChannel();

  constructor() {
    let last_ms = performance.now();
    this.#channel.port1.onmessage = () => {
      const now_ms = performance.now();
      // In a hidden tab the browser itself makes everything late.
      if (!document.hidden) this.longest_ms = Math.max(this.longest_ms, now_ms - last_ms);
      last_ms = now_ms;
      this.#channel.port2.postMessage(0);
    };
    this.#channel.port2.postMessage(0);
  }

  stop(): void {
    this.#channel.port1.close();
  }
}
