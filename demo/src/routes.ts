/** The panels, in the order of the list. Each is fetched when it is first shown. */
import type { Route } from './router.ts';

export const routes: readonly Route[] = [
  {
    name: 'entries',
    title: 'Entries',
    lead: 'Every read is a plain function call: type a few letters, and table and chart answer before the next frame.',
    load: async () => (await import('./entries/panel.ts')).entriesPanel,
  },
  {
    name: 'tabs',
    title: 'Tabs in step',
    lead: 'What one tab writes is in the memory of the others a moment later. Transactions of several tabs are serializable: where two meet, the later one is run again on top of the earlier.',
    load: async () => (await import('./tabs/panel.ts')).tabsPanel,
  },
  {
    name: 'transactions',
    title: 'Transactions',
    lead: 'A transaction is a function that reads and writes. It becomes one commit; if it throws, it has never happened, not even for a reader in between.',
    load: async () => (await import('./transactions/panel.ts')).transactionsPanel,
  },
  {
    name: 'data',
    title: 'Export and import',
    lead: 'The whole store as one file, and back, here or in any other runtime: the same bytes everywhere. What is damaged is refused, with the place of the damage, and changes nothing.',
    load: async () => (await import('./data/panel.ts')).dataPanel,
  },
  {
    name: 'flash',
    title: 'Flash',
    lead: 'The same store on a microcontroller: pages that are erased as a whole, words that are programmed once. Take its power away in the middle of a write, as often as you like.',
    load: async () => (await import('./flash/panel.ts')).flashPanel,
  },
  {
    name: 'health',
    title: 'Health',
    lead: 'What was acknowledged is kept. When the browser drops the connection or runs out of room, the store says so, goes on in memory, and catches up by itself.',
    load: async () => (await import('./health/panel.ts')).healthPanel,
  },
  {
    name: 'benchmark',
    title: 'Benchmark',
    lead: 'The same work for five stores, on this machine, now. They take turns, so that whatever else the machine does is shared out evenly.',
    load: async () => (await import('./benchmark/panel.ts')).benchmarkPanel,
  },
];
