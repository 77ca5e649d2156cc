import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Timer } from './timer.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const YEAR_MS = 365 * 24 * 3_600_000;

test.each([0, 90_000, 8 * 3_600_000, YEAR_MS, -YEAR_MS])(
  'the clock moved by %d ms while a timer of an hour runs delays no shorter one',
  (moved) => {
    const task = vi.fn();
    const timer = new Timer(task);
    timer.arm(3_600_000);
    vi.setSystemTime(Date.now() + moved + (moved > 0 ? 3_600_000 : 0));
    timer.arm(1000);
    timer.arm(2000);
    vi.advanceTimersByTime(999);
    expect(task).toHaveBeenCalledTimes(0);
    vi.advanceTimersByTime(1);
    expect(task).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(4_000_000);
    expect(task).toHaveBeenCalledTimes(1);
  },
);

test('one that is late because the event loop is busy is not put off', () => {
  const task = vi.fn();
  const timer = new Timer(task);
  timer.arm(1000);
  vi.advanceTimersByTime(900);
  vi.setSystemTime(Date.now() + 5000);
  timer.arm(1000);
  vi.advanceTimersByTime(100);
  expect(task).toHaveBeenCalledTimes(1);
});

test('once ended it does not run again, even if it is stopped and armed', () => {
  const task = vi.fn();
  const timer = new Timer(task);
  timer.arm(10);
  timer.end();
  timer.stop();
  timer.arm(10);
  vi.advanceTimersByTime(1000);
  expect(task).toHaveBeenCalledTimes(0);
});
