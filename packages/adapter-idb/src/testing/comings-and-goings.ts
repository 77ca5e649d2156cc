/** Tabs that come and go, and of which anything may fail at any time; and what must be so in the end. */
import { frameLog, type IsokvError, Store, type StoreOptions } from '@isokv/core';
import { IdbBytes } from '../idb-bytes.ts';
import { FakeBrowser, type FakeTab } from './fake-environment.ts';
import { Random } from './random.ts';
import { LONG_MS } from './stores.ts';

/** What none of these failures may end in. */
const NEVER = ['CORRUPT', 'EVICTED', 'NOT_ISOKV', 'TIMEOUT', 'MISSING', 'BLOCKED', undefined];

interface Tab {
  readonly name: string;
  readonly page: FakeTab;
  readonly store: Store;
  readonly readOnly: boolean;
  /** Whether its page has gone, or memory was lost: what it has not acknowledged may be missing. */
  isGone: boolean;
  isClosed: boolean;
  /** Calls that have not ended. */
  pending: number;
  /** Of each transaction, by its id, and of each increment: whether it was acknowledged. */
  readonly ids: Map<string, boolean>;
  readonly adds: boolean[];
  /** The figure that it has set last, and the last that was acknowledged. */
  set: number;
  kept: number;
}

export class ComingsAndGoings {
  readonly #browser: FakeBrowser = new FakeBrowser();
  readonly #random: Random;
  readonly #tabs: Tab[] = [];
  readonly #wrong: string[] = [];
  #isCalm = false;
  #ids = 0;
  #names = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#browser.deliver = (message) => {
      if (this.#isCalm || this.#random.below(2)) setImmediate(message);
      else void this.#turns(20).then(message);
    };
  }

  async work(): Promise<void> {
    await this.#open();
    await this.#tabs[0]?.store.set('big 0', 'begun');
    await this.#open();
    const all = this.#tabs.map((tab) => this.#use(tab, 40));
    for (let late = this.#random.below(4); late > 0; late--) {
      await this.#turns(200);
      if (this.#living.length > 3) continue;
      const before = this.#tabs.length;
      await this.#open();
      all.push(...this.#tabs.slice(before).map((tab) => this.#use(tab, 30)));
    }
    await Promise.all(all);
  }

  /** Nothing fails any more. @returns what is wrong */
  async check(): Promise<readonly string[]> {
    this.#isCalm = true;
    const none = { answersLost: 0, gone: 0, writesFail: undefined, openFails: undefined, storageFull: false };
    Object.assign(this.#browser.faults, none);
    for (const { store } of this.#living) await store.flush().catch(() => undefined);
    await this.#open();
    const { store } = this.#tabs.at(-1) as Tab;
    for (const each of this.#living) await each.store.flush();
    for (const each of this.#living) await each.store.refresh();
    await this.#turns(2);
    const data = Buffer.from(store.toData());
    for (const each of this.#living) {
      if (!data.equals(each.store.toData())) this.#wrong.push(`${each.name} differs`);
    }
    this.#checkContent(store);
    for (const tab of this.#living) await this.#close(tab);
    return this.#wrong;
  }

  #checkContent(store: Store): void {
    const figure = (key: string): number => (store.get(key) ?? 0) as number;
    const among = (what: string, is: number, least: number, most: number): void => {
      if (is < least || is > most) this.#wrong.push(`${what} is ${is}, not ${least} to ${most}`);
    };
    const ids = [...store.keys({ prefix: 'id ' })].length;
    among('the number of ids', figure('ids'), ids, ids);
    let [least, most] = [0, 0];
    for (const { name, isGone, adds, set, kept, pending, ids } of this.#tabs) {
      // What a page that lives was told has failed is in memory, and made good.
      for (const [id, isAcknowledged] of ids)
        if ((isAcknowledged || !isGone) && !store.has(id)) this.#wrong.push(`${id} of ${name} is lost`);
      least += isGone ? adds.filter(Boolean).length : adds.length;
      most += adds.length;
      among(name, figure(name), isGone ? kept : set, set);
      if (!isGone) among(`calls of ${name} that hang`, pending, 0, 0);
    }
    among('the sum', figure('sum'), least, most);
  }

  get #living(): Tab[] {
    return this.#tabs.filter((tab) => !tab.isGone && !tab.isClosed);
  }

  async #turns(most: number): Promise<void> {
    for (let left = this.#random.below(most); left > 0; left--)
      await new Promise((resolve) => setImmediate(resolve));
  }

  async #open(): Promise<void> {
    const name = `tab ${++this.#names}`;
    const readOnly = this.#tabs.length > 1 && this.#random.below(5) === 0;
    const options: StoreOptions = { readOnly, compaction: this.#random.below(3) ? 'auto' : 'manual' };
    const page = this.#page();
    try {
      const store = await Store.open(frameLog(new IdbBytes('app', page, LONG_MS)), options);
      store.on('error', (error) => this.#fail(name, 'event', error));
      const state = { isGone: false, isClosed: false, pending: 0, set: 0, kept: 0 };
      this.#tabs.push({ name, page, store, readOnly, ids: new Map(), adds: [], ...state });
    } catch (error) {
      this.#fail(name, 'opening', error);
    }
  }

  /** Loses news, but no request to let a rewrite pass: that a page which is seen does not hear. */
  #page(): FakeTab {
    const page = this.#browser.tab();
    const { channel } = page;
    return Object.assign(page, {
      channel: (name: string, onMessage: (message: unknown) => void) =>
        channel(name, (message) => {
          const isNews = !('rewrite' in (message as object));
          if (this.#isCalm || !isNews || this.#random.below(8) > 0) onMessage(message);
        }),
    });
  }

  async #use(tab: Tab, steps: number): Promise<void> {
    const { store, readOnly } = tab;
    for (let step = 0; step < steps && !tab.isGone && !tab.isClosed; step++) {
      const what = this.#random.below(16);
      let done: Promise<void> | undefined;
      if (what < 2) await this.#trouble(tab);
      else if (what === 2) done = this.#track(tab, 'refresh', store.refresh());
      else if (what === 3 || readOnly) done = this.#track(tab, 'flush', store.flush());
      else if (what === 4) done = this.#track(tab, 'compact', store.compact());
      else done = this.#write(tab);
      if (this.#random.below(2)) await Promise.race([done, this.#turns(40)]);
      await this.#turns(6);
    }
  }

  #write(tab: Tab): Promise<void> {
    const { store, name } = tab;
    const text = (length: number): string => `${name} ${this.#random.below(1e9)}`.padEnd(length, 'x');
    const what = this.#random.below(12);
    if (what < 4) {
      const id = `id ${++this.#ids}`;
      tab.ids.set(id, false);
      const added = store.transaction((tx) => {
        tx.set(id, name);
        tx.increment('ids');
      });
      return this.#track(tab, 'transaction', added, () => tab.ids.set(id, true));
    }
    if (what < 6) {
      const at = tab.adds.push(false) - 1;
      return this.#track(tab, 'increment', store.increment('sum'), () => {
        tab.adds[at] = true;
      });
    }
    if (what < 8) {
      const next = ++tab.set;
      return this.#track(tab, 'set', store.set(name, next), () => {
        tab.kept = Math.max(tab.kept, next);
      });
    }
    if (what === 8) return this.#track(tab, 'delete', store.delete(`big ${this.#random.below(2)}`));
    const other = store.namespace('other');
    if (what === 9)
      return this.#track(tab, 'clear', this.#random.below(2) ? other.clear() : other.set('a', text(9)));
    const length = this.#random.below(30) === 0 ? 300_000 : 16_000;
    return this.#track(tab, 'set', store.set(`big ${this.#random.below(2)}`, text(length)));
  }

  /** `onDone` is called when it is acknowledged, unless its page has gone: of a real one no script runs on. */
  async #track(tab: Tab, what: string, call: Promise<unknown>, onDone?: () => unknown): Promise<void> {
    tab.pending++;
    try {
      await call;
      if (!tab.isGone) onDone?.();
    } catch (error) {
      this.#fail(tab.name, what, error);
    } finally {
      tab.pending--;
    }
  }

  #fail(tab: string, what: string, error: unknown): void {
    const { code, message } = error as IsokvError;
    if (NEVER.includes(code)) this.#wrong.push(`${what} of ${tab}: ${code} ${message}`);
  }

  async #trouble(tab: Tab): Promise<void> {
    const { faults } = this.#browser;
    const isLast = this.#living.length === 1 || tab === this.#tabs[0];
    switch (this.#random.below(9)) {
      case 0:
        faults.answersLost = 1 + this.#random.below(2);
        faults.answersWait = this.#turns(30);
        break;
      case 1:
        this.#browser.drop();
        break;
      case 2:
        faults.openFails = new DOMException('no', 'UnknownError');
        if (this.#random.below(2)) this.#browser.drop();
        await this.#turns(30);
        faults.openFails = undefined;
        break;
      case 3:
        faults.gone = 1 + this.#random.below(4);
        break;
      case 4:
        faults.writesFail = new DOMException(
          'no',
          this.#random.below(2) ? 'AbortError' : 'QuotaExceededError',
        );
        await this.#turns(20);
        faults.writesFail = undefined;
        break;
      case 5:
        faults.storageFull = true;
        await this.#turns(20);
        faults.storageFull = false;
        break;
      case 6:
        tab.page.hide();
        break;
      case 7:
        if (isLast) break;
        tab.isGone = true;
        tab.page.go();
        break;
      default:
        if (isLast) break;
        tab.isClosed = true;
        await this.#close(tab);
    }
  }

  async #close(tab: Tab): Promise<void> {
    try {
      await tab.store.close();
    } catch (error) {
      this.#fail(tab.name, 'closing', error);
      tab.isGone = true;
    }
  }
}
