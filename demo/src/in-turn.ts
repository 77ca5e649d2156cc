import { describeError } from './format.ts';

/** Runs what may fail, each when what was begun before it has ended, and tells what came of it. `done`: after each. */
export function inTurn(
  tell: (text: string, kind: 'good' | 'bad') => void,
  done: () => void,
): (work: () => Promise<string>) => void {
  let working: Promise<void> = Promise.resolve();
  return (work) => {
    working = working.then(async () => {
      try {
        tell(await work(), 'good');
      } catch (error) {
        const { code, message } = describeError(error);
        tell(`${code}: ${message}`, 'bad');
      }
      done();
    });
  };
}
