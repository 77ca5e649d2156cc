/** Fetches the cities and loads them, piece by piece, with the page at work in between. */

import { count, url } from 'virtual:cities';
import type { Store } from '@isokv/core';
import { PauseMeter } from './pause-meter.ts';
import { splitPieces } from './split-pieces.ts';

/** Set when all cities have come: a load that was cut short is told from one that was not. */
export const LOADED_KEY = 'cities-loaded';

export interface LoadReport {
  readonly entries: number;
  /** From the first byte asked for to the last durable. */
  readonly duration_ms: number;
  /** The longest that the page could not have answered a click. */
  readonly longestPause_ms: number;
}

/** @param onProgress is told the bytes that have come, compressed */
export async function loadCities(store: Store, onProgress: (bytes: number) => void): Promise<LoadReport> {
  const start_ms = performance.now();
  const pauses = new PauseMeter();
  try {
    const response = await fetch(url);
    if (!response.ok || !response.body) throw new Error(`The cities did not come: HTTP ${response.status}`);
    const pieces = splitPieces(
      response.body.pipeThrough(countBytes(onProgress)).pipeThrough(new DecompressionStream('gzip')),
    );
    const written: Promise<void>[] = [];
    for await (const piece of pieces) {
      written.push(store.load(piece));
      await nextTask();
    }
    await Promise.all(written);
    await store.set(LOADED_KEY, true);
    const duration_ms = performance.now() - start_ms;
    await store.compact(); // What came as many commits becomes one run, which opens at once.
    return { entries: count, duration_ms, longestPause_ms: pauses.longest_ms };
  } finally {
    pauses.stop();
  }
}

function countBytes(
  onProgress: (bytes: number) => void,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      onProgress(bytes);
      controller.enqueue(chunk);
    },
  });
}

/** Lets the page draw and answer. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
