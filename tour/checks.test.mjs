/** That a check which fails makes the tour fail. */
import { expect, test } from 'vitest';
import { Checks } from './checks.mjs';

/** @type {[boolean, string][]} */
let printed;

function checksOf() {
  printed = [];
  return new Checks({ check: (isTrue, what) => printed.push([isTrue, what]) });
}

test('all that passes is success', () => {
  const checks = checksOf();
  checks.that('one is one', true);
  checks.equal('two is two', 2, 2);
  expect(checks).toMatchObject({ passed: 2, failed: 0, exitCode: 0 });
  expect(printed).toEqual([
    [true, 'one is one'],
    [true, 'two is two'],
  ]);
});

test('one failure among them is not', () => {
  const checks = checksOf();
  checks.that('one is one', true);
  checks.equal('two is two', 3, 2);
  checks.that('lost', false, '1 entry');
  checks.that('again', true);
  expect(checks).toMatchObject({ passed: 2, failed: 2, exitCode: 1 });
  expect(printed.slice(1, 3)).toEqual([
    [false, 'two is two: 3, not 2'],
    [false, 'lost: 1 entry'],
  ]);
});

test('neither is an error, nor a tour that checked nothing', () => {
  const checks = checksOf();
  expect(checks.exitCode).toBe(1);
  checks.that('one is one', true);
  checks.fail();
  expect(checks.exitCode).toBe(1);
});

test('values that only look equal are not', () => {
  const checks = checksOf();
  checks.equal('a figure', '2', 2);
  checks.equal('nothing', null, undefined);
  checks.that('truth', /** @type {any} */ ('yes'));
  expect(checks.failed).toBe(3);
});
