/**
 * One life of a store: it is opened on what the last crash has left, judged, written to, closed and opened again,
 * while images are taken of what a crash would leave.
 */
import { IsokvError, Store } from '@isokv/core';
import { Random } from '@isokv/core/testing';
import { fileLog } from '../../file-log.ts';
import type { HostileFileSystem } from '../hostile/hostile-file-system.ts';
import { makeTurn } from './changes.ts';
import { type CrashOptions, watchCrashes } from './crashes.ts';
import { turns } from './determinism.ts';
import type { Backup, Image } from './image.ts';
import { difference, type State } from './model.ts';
import { type Allowed, acknowledge, allowedAfter, type Crash, type Floors, floorsAfter } from './promises.ts';

const PATH = '/store';

/** What the campaign is there to find. */
export class CampaignFailure extends Error {}

export interface LifeOptions extends Pick<CrashOptions, 'odds' | 'thorough' | 'mostTurns'> {
  readonly steps: number;
  readonly big: boolean;
  readonly autoCompaction: boolean;
  /** Whether calls may fail: then so may anything but what is promised. */
  readonly faulty: boolean;
}

export class Life {
  readonly images: Image[] = [];
  /** How many calls to the file system were crashed at. */
  calls = 0;
  fs: HostileFileSystem;
  readonly #image: Image;
  readonly #options: LifeOptions;
  readonly #random: Random;
  /** Of the process that runs: what one before it hears of its calls when it is no more counts for nothing. */
  #floors: Floors;
  /** What is allowed of the store that is being opened. */
  #opening: Allowed | undefined;
  #states: Map<number, State>;
  #gone: ReadonlyMap<number, State>;
  #failure: CampaignFailure | undefined;
  #backups: Backup[];
  /** Whether nothing is promised of a power loss: the medium has lied. */
  #lied: boolean;
  #now: number;
  #store: Store | undefined;
  #state: State = new Map();
  #seq = 0;
  /** The last commit that was there when it was opened. */
  #found = 0;
  #counts: { readonly calls: number }[] = [];

  constructor(image: Image, options: LifeOptions) {
    this.fs = image.world;
    this.#image = image;
    this.#options = options;
    this.#random = new Random(image.seed);
    this.#floors = image.floors;
    this.#states = new Map(image.states);
    this.#gone = image.gone;
    this.#backups = image.backups.filter(({ most }) => most !== undefined);
    this.#lied = image.lied;
    this.#now = image.now;
  }

  /** @throws CampaignFailure */
  async run(): Promise<void> {
    this.#watch();
    try {
      if (await this.#open(this.#image)) await this.#live();
    } finally {
      this.fs.halt();
      this.calls = this.#counts.reduce((sum, { calls }) => sum + calls, 0);
    }
    if (this.#failure) throw this.#failure;
  }

  async #live(): Promise<void> {
    for (let step = 0; step < this.#options.steps && this.#store; step++) await this.#step();
    if (!this.#store || this.#random.chance(0.3)) return;
    if (await this.#close()) await this.#open(this.#settled('after a close'));
    await this.#store?.close().catch(() => undefined);
  }

  async #step(): Promise<void> {
    const drawn = this.#random.below(100);
    if (drawn < 57) this.#write();
    else if (drawn < 68) await turns(1 + this.#random.below(6));
    else if (drawn < 72) this.#now += this.#random.below(3000);
    else if (drawn < 76) await this.#flush();
    else if (drawn < 80) this.#flushSync();
    else if (drawn < 85) await this.#compact();
    else if (drawn < 88) await this.#backUp();
    else if (drawn < 90) await this.#verify();
    else if (drawn < 94) await this.#reopen();
    else await this.#crash();
    // What follows in the same turn of the event loop is part of the same commit.
    if (this.#random.chance(0.5)) await Promise.resolve();
    else await turns(this.#random.below(3));
  }

  #write(): void {
    const store = this.#store as Store;
    const floors = this.#floors;
    const { promise, state } = makeTurn(store, this.#state, {
      random: this.#random,
      now: this.#now,
      big: this.#options.big,
    });
    const { seq } = store.stats();
    if (seq - this.#seq > 1 || seq < this.#seq) this.#fail(`commit ${seq} after ${this.#seq}`);
    if (seq === this.#seq) return; // Nothing was to be written.
    this.#seq = seq;
    this.#state = state;
    this.#states.set(seq, state);
    promise?.then(
      () => acknowledge(floors, this.#image.durability, seq),
      (error) => this.#tolerate(error),
    );
  }

  async #flush(): Promise<void> {
    await this.#attempt((store) => store.flush());
  }

  #flushSync(): void {
    const isOurs = this.#seq > this.#found;
    try {
      (this.#store as Store).flushSync();
    } catch (error) {
      this.#tolerate(error);
      return;
    }
    if (isOurs) acknowledge(this.#floors, this.#image.durability, this.#seq);
  }

  async #compact(): Promise<void> {
    const floors = this.#floors;
    const compaction = this.#attempt((store) => store.compact()).then((seq) => {
      if (seq !== undefined) floors.afterPowerLoss = Math.max(floors.afterPowerLoss, seq);
    });
    if (this.#random.chance(0.5)) await compaction;
  }

  async #backUp(): Promise<void> {
    const path = `/backup-${this.#random.next()}`;
    // It is made when its turn has come: of a state between now and then.
    const backup: Backup = { path, states: this.#states, least: this.#seq, most: undefined };
    this.#backups.push(backup);
    const made = this.#attempt((store) => store.backup(this.#log(path)), false).then((seq) => {
      if (seq !== undefined) backup.most = this.#seq;
    });
    if (this.#random.chance(0.5)) await made;
  }

  async #verify(): Promise<void> {
    if (!this.#lied) await this.#attempt((store) => store.verify(), false);
  }

  async #reopen(): Promise<void> {
    if (await this.#close()) await this.#open(this.#settled('after a close'));
    else await this.#crash();
  }

  /** Goes on in what a kill or a power loss leaves. */
  async #crash(): Promise<void> {
    const isKill = this.#random.chance(0.5);
    const seed = this.#random.next();
    const world = isKill ? this.fs.afterKill() : this.fs.afterPowerLoss('some', seed);
    const image = this.#imageOf(world, isKill ? 'kill' : 'power loss', 'in the course of things');
    this.fs.halt();
    this.#store = undefined;
    this.#backups = [...image.backups];
    this.fs = world;
    this.#watch();
    await this.#open(image);
  }

  /** Does something that makes all durable that was written before. @returns up to which commit, if it worked */
  async #attempt(work: (store: Store) => Promise<unknown>, acknowledges = true): Promise<number | undefined> {
    const seq = this.#seq;
    const floors = this.#floors;
    // What a killed process has left is readable, but was never acknowledged; the next write makes it durable.
    const isOurs = seq > this.#found;
    try {
      await work(this.#store as Store);
    } catch (error) {
      this.#tolerate(error);
      return undefined;
    }
    if (acknowledges && isOurs) acknowledge(floors, this.#image.durability, seq);
    return seq;
  }

  /** @returns whether all went well */
  async #close(): Promise<boolean> {
    const closed = (await this.#attempt((store) => store.close())) !== undefined;
    this.#store = undefined;
    return closed;
  }

  /** Opens what `image` has left and judges it. @returns whether there is a store */
  async #open(image: Image): Promise<boolean> {
    let store: Store;
    // Until it is open, all that was possible still is: it may crash before that.
    this.#floors = image.floors;
    this.#seq = image.allowed.most;
    this.#opening = image.allowed;
    this.#gone = image.gone;
    this.#lied = image.lied;
    try {
      store = await Store.open(this.#log(PATH), {
        durability: image.durability,
        now: () => this.#now,
        sweepInterval: 3_600_000,
        compaction: this.#options.autoCompaction ? 'auto' : 'manual',
      });
    } catch (error) {
      if (image.allowed.excuses.some((code) => isCode(error, code))) return false;
      this.#tolerate(error, image);
      return false;
    }
    this.#store = store;
    store.on('error', (error) => this.#tolerate(error));
    this.#judge(store, image);
    if (this.#random.chance(0.25)) await this.#judgeBackup();
    return true;
  }

  #judge(store: Store, image: Image): void {
    const { seq } = store.stats();
    const { allowed } = image;
    const { least, most } = allowed;
    if (seq < least || seq > most)
      this.#fail(`commit ${seq} is the last, not one of ${least} to ${most}`, image);
    const state = this.#stateIn(store, image);
    this.#opening = undefined;
    this.#seq = seq;
    this.#found = seq;
    this.#state = state;
    const beyond = [...this.#states].filter(([made]) => made > seq);
    this.#gone = new Map(image.crash === 'kill' ? [...this.#gone, ...beyond] : []);
    this.#states = new Map([...this.#states].filter(([made]) => made <= seq)); // The images keep theirs.
    this.#states.set(seq, state);
    // What has survived a kill survives the next. A power loss has made durable what it has left.
    this.#floors = floorsAfter(image.crash, { ...image.allowed, least: seq }, image.floors);
  }

  /** Which of the states that a store may have after its last commit it has. */
  #stateIn(store: Store, image: Image): State {
    const { allowed, gone } = image;
    const { seq } = store.stats();
    const state = this.#states.get(seq) ?? new Map();
    const wrong = difference(store, state, this.#now);
    const other = seq > allowed.least ? gone.get(seq) : undefined;
    if (wrong && (!other || difference(store, other, this.#now)))
      this.#fail(`after commit ${seq}: ${wrong}`, image);
    return wrong ? (other as State) : state;
  }

  async #judgeBackup(): Promise<void> {
    const backup = this.#backups.at(-1);
    if (!backup) return;
    if (this.#options.faulty || this.#lied) return;
    const { path, states, least, most } = backup;
    const done = most !== undefined;
    let store: Store;
    try {
      store = await Store.open(this.#log(path), { readOnly: true, now: () => this.#now });
    } catch (error) {
      if (!done && (isCode(error, 'MISSING') || isCode(error, 'NOT_ISOKV'))) return;
      this.#fail(`the backup does not open: ${error}`);
    }
    const { seq } = store.stats();
    const isState = seq >= least && seq <= (most ?? seq);
    const wrong = difference(store, states.get(seq) ?? new Map(), this.#now);
    if ((wrong || !isState) && (done || seq > 0)) this.#fail(`in the backup, after commit ${seq}: ${wrong}`);
    await store.close();
  }

  #log(path: string) {
    const log = fileLog(path, { fs: this.fs, onWarning: () => undefined });
    // The process that ends one day is not that of the case, and until then it would keep every store there was.
    return Object.assign(log, { onExit: undefined });
  }

  #watch(): void {
    const { odds, thorough, mostTurns } = this.#options;
    // Which is no fault: a system may take, or give, fewer bytes than it was asked for.
    for (const operation of ['read', 'writev'] as const) {
      if (this.#random.chance(0.1))
        this.fs.fail({ operation, how: 'short', times: Number.POSITIVE_INFINITY });
    }
    if (odds === 0) return;
    const take = (world: HostileFileSystem, crash: Crash, label: string) => {
      this.images.push(this.#imageOf(world, crash, label));
    };
    this.#counts.push(watchCrashes(this.fs, { random: this.#random, odds, thorough, mostTurns, take }));
  }

  #imageOf(world: HostileFileSystem, crash: Crash, label: string): Image {
    const { durability, depth } = this.#image;
    const allowed = allowedAfter(crash, {
      durability,
      floors: this.#floors,
      made: crash === 'kill' ? this.#seq : Math.max(this.#seq, ...this.#gone.keys()),
      lied: this.#lied,
      opening: this.#opening,
    });
    return {
      world,
      crash,
      durability,
      allowed,
      floors: floorsAfter(crash, allowed, this.#floors),
      states: this.#states,
      gone: this.#gone,
      // Whoever is killed after a failed sync leaves what the next process takes for durable once it has synced.
      lied: this.#lied || (crash === 'kill' && world.hasLost),
      backups: this.#backups.map((backup) => ({ ...backup })),
      now: this.#now,
      depth: depth + 1,
      seed: this.#random.next(),
      label: `${this.#image.label}\n  ${label}`,
    };
  }

  /** As after a crash, but nothing may be missing. */
  #settled(label: string): Image {
    const allowed = { least: this.#seq, most: this.#seq, excuses: [] };
    return { ...this.#imageOf(this.fs, 'kill', label), allowed, floors: { ...this.#floors } };
  }

  /** What may go wrong where calls fail. */
  #tolerate(error: unknown, image?: Image): void {
    if (this.#options.faulty && isCode(error, 'IO')) return;
    // A process that is no more has made the call: it cannot be kept from returning.
    if (String(error).includes('the process has been halted')) return;
    if (this.#lied && (isCode(error, 'CORRUPT') || isCode(error, 'NOT_ISOKV'))) return;
    this.#failure ??= failure(`${error}`, image ?? this.#image, error);
  }

  #fail(message: string, image: Image = this.#image): never {
    throw failure(message, image);
  }
}

function failure(message: string, { label }: Image, cause?: unknown): CampaignFailure {
  return new CampaignFailure(`${message}\n  ${label.trim()}`, { cause });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof IsokvError && error.code === code;
}
