/** The sealing contract: what a cipher must do for a store. The ciphers themselves live in `@isokv/crypto`. */

/** What a frame is bound to, so that a sealed payload opens in its own place only. */
export interface SealContext {
  /** The flags of the frame and the checksum of the frame before it, as associated data: 5 bytes. */
  readonly associated: Uint8Array;
}

/** A cipher with its key, ready to seal and open the frames of one store. */
export interface CipherSession {
  /** What must be kept, unsealed, in the store's header for the key to be found again (salt, parameters). */
  readonly header: Uint8Array;
  /** @returns the sealed bytes: nonce and tag included */
  seal(plain: Uint8Array, context: SealContext): Uint8Array;
  /** @throws an error when the bytes were not sealed with this key in this place */
  open(sealed: Uint8Array, context: SealContext): Uint8Array;
}

export interface Cipher {
  /** Kept in the store's header; a store opens only with the cipher of this name. */
  readonly name: string;
  /** The most bytes that sealing adds to a payload. */
  readonly overheadBytes: number;
  /** Starts on a new store (`header` undefined) or on one that has a header. May derive a key, hence a promise. */
  start(header: Uint8Array | undefined): CipherSession | Promise<CipherSession>;
}
