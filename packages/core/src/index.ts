export { type Crc32, crc32 } from './bytes/crc32.ts';
export type { Cipher, CipherSession, SealContext } from './cipher.ts';
export { type Codec, defineCodec } from './codec/codec.ts';
export { type Carries, copyExact } from './codec/exact.ts';
export {
  bytesKeys,
  integerKeys,
  type KeyCodec,
  type Tuple,
  type TupleElement,
  tupleKeys,
} from './codec/keys.ts';
export type { DataEntry } from './data/entry.ts';
export type { SaveWhen } from './data/saved-state.ts';
export type { StateContent, StateDocument } from './data/state-document.ts';
export { stateLog } from './data/state-log.ts';
export { entriesForm, plainForm, type TextForm } from './data/text-form.ts';
export { corrupt, type Damage, type ErrorCode, externalChange, IsokvError, logConflict } from './errors.ts';
export type { Commit } from './format/commit.ts';
export type { FrameContent } from './format/content.ts';
export { explain } from './format/explain.ts';
export {
  type Finding,
  type FrameFinding,
  type GapFinding,
  type InspectOptions,
  inspect,
} from './format/inspect.ts';
export type { RunSummary } from './format/run-end.ts';
export { type DocumentCapabilities, documentLog } from './log/document-log.ts';
export { frameLog } from './log/frame-log.ts';
export type {
  AppendOptions,
  ByteChunk,
  ByteLog,
  Document,
  Durability,
  Log,
  LogCapabilities,
  LogItem,
  LogOpenOptions,
  Position,
  ReplaceOptions,
  Salvage,
  SyncByteLog,
} from './log/log.ts';
export { MemoryMedium, memoryBytes, memoryLog } from './log/memory-log.ts';
export { syncFrameLog } from './log/sync-frame-log.ts';
export type { ChangeEvent, CommitEvent, HealthEvent, StoreEvents, WatchListener } from './store/events.ts';
export { Namespace } from './store/namespace.ts';
export type { MemoryOptions, StoreOptions } from './store/options.ts';
export type { TornTail } from './store/recovery.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from './store/schema.ts';
export { type DataFormat, Store, type StoreStats } from './store/store.ts';
export type {
  AsyncNamespace,
  AsyncStore,
  Awaitable,
  NamespaceOptions,
  OpenTransaction,
  SetOptions,
  Transaction,
  TransactionNamespace,
  ValueAt,
} from './store/types.ts';
export type { Verification } from './store/verify.ts';
export type { Range } from './table/bounds.ts';
