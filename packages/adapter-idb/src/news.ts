/** How the tabs that have one log open tell each other what they have written. */
import type { Position } from '@isokv/core';
import type { Channel, Environment } from './environment.ts';
import type { Piece } from './pieces.ts';

/** Longer appends are read from the database by those who hear of them. */
const MAX_BYTES = 256 * 1024;

type Message =
  /** I have opened the log: tell me what you write from now on. */
  | { readonly hello: true }
  /** What I have added, in one record. */
  | Piece
  /** The log ends at `end`, as far as I know: read, if you know otherwise. */
  | { readonly end: Position }
  /** I am about to rewrite the log, and wait for all who share its lock; `isLate`: your appends came before, and are to wait for the next attempt. */
  | { readonly rewrite: true; readonly isLate: boolean };

export interface NewsListener {
  readonly end: () => Position;
  onBytes(piece: Piece): void;
  onEnd(end: Position): void;
  onRewrite(isLate: boolean): void;
}

export class News {
  readonly #channel: Channel | undefined;
  /** Whether anybody has ever been heard: else nobody needs to be told. */
  #hasPeers = false;

  constructor(environment: Environment, name: string, listener: NewsListener) {
    this.#channel = environment.channel(`isokv:${name}`, (data) => {
      this.#hasPeers = true;
      const message = data as Message;
      if ('bytes' in message) listener.onBytes(message);
      else if ('end' in message) listener.onEnd(message.end);
      else if ('rewrite' in message) listener.onRewrite(message.isLate);
      else this.#post({ end: listener.end() });
    });
    this.#post({ hello: true });
  }

  /** Whether others can be told anything: there is a BroadcastChannel. */
  get isHeard(): boolean {
    return this.#channel !== undefined;
  }

  added(position: Position, bytes: Uint8Array): void {
    if (bytes.length > MAX_BYTES) this.endsAt(position + bytes.length);
    else if (this.#hasPeers) this.#post({ position, bytes });
  }

  /** `isSure`: that there is somebody to be told. */
  endsAt(end: Position, isSure: boolean = this.#hasPeers): void {
    if (isSure) this.#post({ end });
  }

  rewrites(isLate: boolean): void {
    this.#post({ rewrite: true, isLate });
  }

  close(): void {
    this.#channel?.close();
  }

  #post(message: Message): void {
    this.#channel?.postMessage(message);
  }
}
