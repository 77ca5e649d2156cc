/** Makes the image that the steps of a golden vector give, by either face. */
import { msgpack } from '@isokv/codec-msgpack';
import { Store } from '@isokv/core';
import { open } from '../../test/whole.ts';
import { flashLog } from '../flash-log.ts';
import { type SimulatedFlash, simulatedFlash } from '../testing/simulated-flash.ts';
import { type Step, type Value, type Vector, valueIn } from './vector.ts';

export async function writeVector(vector: Vector, face: 'device' | 'log'): Promise<Uint8Array> {
  const { geometry, cutAfterBytes } = vector;
  const flash = simulatedFlash(geometry);
  flash.journal = [];
  if (face === 'device') writeByDevice(flash, vector);
  else await writeByLog(flash, vector);
  if (cutAfterBytes === undefined) return flash.bytes;
  // All that was called, but for the end of the last program.
  const calls = flash.journal;
  const cut = simulatedFlash(geometry);
  for (const [index, call] of calls.entries()) {
    if ('erase' in call) cut.erase(call.erase);
    else if (index < calls.length - 1) cut.program(call.program, call.bytes);
    else if (cutAfterBytes > 0) cut.program(call.program, call.bytes.slice(0, cutAfterBytes));
  }
  return cut.bytes;
}

function writeByDevice(flash: SimulatedFlash, { steps, now }: Vector): void {
  let store = open(flash, { now: () => now });
  for (const step of steps) {
    if ('reset' in step) store = open(flash, { now: () => now });
    else if ('collect' in step) store.collect(step.collect);
    else if ('commit' in step) {
      store.commit(
        step.commit.map((change) =>
          'delete' in change
            ? { namespace: toBytes(change.in ?? ''), key: toBytes(change.delete), delete: true }
            : {
                namespace: toBytes(change.in ?? ''),
                key: toBytes(change.set),
                value: toDevice(change.to),
                ...(change.ttl !== undefined && { ttl: change.ttl }),
              },
        ),
      );
    } else if ('set' in step) {
      store.namespace(toBytes(step.in ?? '')).set(toBytes(step.set), toDevice(step.to), step.ttl);
    } else if ('delete' in step) store.namespace(toBytes(step.in ?? '')).delete(toBytes(step.delete));
    else if ('fill' in step) {
      const { fill, to } = step;
      untilFull((index) => store.set(`${fill}${index}`, toDevice(to)));
    } else throw new Error(`the device has no ${JSON.stringify(step)}`);
  }
}

function untilFull(work: (index: number) => void): void {
  try {
    for (let index = 0; ; index++) work(index);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOSPC') throw error;
  }
}

async function writeByLog(flash: SimulatedFlash, { steps, now }: Vector): Promise<void> {
  const openStore = (): Promise<Store> =>
    Store.open(flashLog(flash), { codecs: [msgpack], now: () => now, compaction: 'manual' });
  let store = await openStore();
  for (const step of steps) {
    if ('reset' in step) {
      await store.close();
      store = await openStore();
    } else await writeStep(store, step);
  }
  await store.close();
}

async function writeStep(store: Store, step: Step): Promise<void> {
  const space = (name = ''): Pick<Store, 'set' | 'delete' | 'clear'> =>
    name === '' ? store : store.namespace(name);
  if ('set' in step) {
    await space(step.in).set(step.set, valueIn(step.to), step.ttl === undefined ? {} : { ttl: step.ttl });
  } else if ('delete' in step) await space(step.in).delete(step.delete);
  else if ('clear' in step) await space(step.clear).clear();
  else if ('compact' in step) await store.compact();
  else if ('commit' in step) {
    const all = step.commit.map((change) =>
      'delete' in change
        ? space(change.in).delete(change.delete)
        : space(change.in).set(
            change.set,
            valueIn(change.to),
            change.ttl === undefined ? {} : { ttl: change.ttl },
          ),
    );
    await Promise.all(all); // Of one turn, and so one commit.
  } else throw new Error(`a store has no ${JSON.stringify(step)}`);
}

/** UTF-8, one character a byte. */
export function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function toDevice(value: Value): unknown {
  const made = valueIn(value);
  return typeof made === 'string' ? toBytes(made) : made;
}
