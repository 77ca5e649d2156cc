import { compareBytes } from '../../bytes/order.ts';
import type { Cipher, CipherSession } from '../../cipher.ts';
import type { Chain } from '../../format/frame.ts';
import { FrameWriter } from '../../format/frame-writer.ts';
import { checkCipher, STORE_ID_BYTES, writeHeader } from '../../format/header.ts';
import type { Message } from '../../format/scanner.ts';
import type { Scan } from './scan.ts';

/** Which store a log is of, and how it is sealed: what its header says. */
export class Identity {
  readonly cipher: Cipher | undefined;
  session: CipherSession | undefined;
  #storeId: Uint8Array | undefined;

  constructor(cipher: Cipher | undefined) {
    this.cipher = cipher;
  }

  /** Whether a header has been read, or a new log has got one. */
  get isKnown(): boolean {
    return this.#storeId !== undefined;
  }

  /** Takes in the header that was read. @throws SEALED, UNKNOWN_VERSION, CORRUPT */
  async begin(message: Message, scan: Scan): Promise<void> {
    const header = scan.header(message);
    checkCipher(header, this.cipher);
    const { storeId, cipherHeader } = header;
    this.#storeId = storeId;
    const known = this.session?.header;
    if (!known || compareBytes(known, 0, known.length, cipherHeader, 0, cipherHeader.length) !== 0) {
      this.session = await this.cipher?.start(cipherHeader);
    }
    scan.scanner.session = this.session;
  }

  /** Gives a new log its identity; it is written with the first append. */
  async create(): Promise<void> {
    this.#storeId = Uint8Array.from({ length: STORE_ID_BYTES }, () => Math.random() * 256);
    this.session = await this.cipher?.start(undefined);
  }

  /** For frames that continue `chain`. */
  writer(chain: Chain, session: CipherSession | undefined = this.session): FrameWriter {
    return new FrameWriter(chain, session, this.cipher?.overheadBytes);
  }

  header(): Uint8Array {
    return writeHeader({
      storeId: this.#storeId as Uint8Array,
      cipherName: this.cipher?.name ?? '',
      cipherHeader: this.session?.header ?? new Uint8Array(0),
    });
  }
}
