/** Byte logs that are broken in keeping the old bytes. */
import { changed } from './media.ts';
import type { ByteMutant } from './mutant.ts';

const both = [
  'set aside: the old bytes are kept as they were, under another name each time',
  'set aside: a damaged log is salvaged, and kept',
];

export const asideMutants: Record<string, ByteMutant> = {
  'keeps nothing aside, and says nothing': {
    mutate: (bytes) => changed(bytes, { replace: (chunks, { upTo }) => bytes.replace(chunks, { upTo }) }),
    killedBy: both,
  },
  'keeps the first half of what it sets aside': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async replace(chunks, options) {
          const end = await bytes.replace(chunks, options);
          for (const [name, kept] of memory.aside) memory.aside.set(name, kept.subarray(0, kept.length >> 1));
          return end;
        },
      }),
    killedBy: both,
  },
  'keeps the new bytes aside': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        async replace(chunks, options) {
          const end = await bytes.replace(chunks, options);
          for (const name of memory.aside.keys())
            memory.aside.set(name, memory.parts[0] ?? new Uint8Array(0));
          return end;
        },
      }),
    killedBy: both,
  },
  'sets aside under one name only': {
    mutate: (bytes, memory) =>
      changed(bytes, {
        replace(chunks, { upTo, setAside }) {
          const under = setAside && ((): void => setAside('damaged-1'));
          return bytes.replace(chunks, { upTo, setAside: under }).finally(() => {
            const last = [...memory.aside.values()].at(-1);
            if (last) memory.aside.set('damaged-1', last);
          });
        },
      }),
    killedBy: both.slice(0, 1),
  },
};
