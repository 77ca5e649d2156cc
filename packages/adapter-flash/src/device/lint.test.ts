/** The check of what boards run: each rule refuses a snippet, and what we ship passes. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.mjs';
import { lint } from '../../scripts/lint.mjs';

const REFUSED: Record<string, string[]> = {
  'what is missing': [
    'var a = [...exports];',
    'var f = function (...a) {};',
    'var { a } = exports;',
    'var [a] = exports;',
    'var f = function (a = 1) {};',
    'exports?.a;',
    'exports.f?.();',
    'exports.a ??= 1;',
    'var a = exports.a ?? 1;',
    'var a = 2 ** 3;',
    'var a = 2; a **= 3;',
    'var a = { [exports.b]: 1 };',
    'class A { #x = 1; }',
    'var f = function* () {};',
    'var f = async function () {};',
    'var a = Symbol();',
    'var a = new Map();',
    'var a = new Set();',
    'var a = new WeakMap();',
    'var a = new Proxy({}, {});',
    'var a = BigInt(1);',
    'var a = 1n;',
    'a: while (true) break a;',
    'var a = String.raw`x`;',
    'Math.imul(1, 2);',
    'Math.clz32(1);',
    'Math.log2(1);',
    'Math.trunc(1);',
    'new TextEncoder();',
    'new ArrayBuffer(1).slice(0);',
    'Uint8Array.from([1]);',
    'Uint8Array.of(1);',
    'new Uint8Array(1).copyWithin(0, 1);',
    'Array.from([1]);',
    '[1].flat();',
    '[1].at(0);',
    'Object.freeze({});',
    'queueMicrotask(exports.f);',
    'new Promise(exports.f);',
    'switch (exports.a) { default: break; case 1: break; }',
    'class A { delete() {} }',
    'var f = (a) => a;',
    'var a = `x`;',
    'for (var a of [1]);',
    'for (var a in {});',
    'var a = { get b() { return 1; } };',
    'var a = { b() {} };',
    'var b = 1; var a = { b };',
    'try { exports.f(); } catch { }',
    'var a = 0b1;',
    'var a = 1_000;',
  ],
  'what is different': [
    'f(); function f() {}',
    'var f = function () { return g(); }; function g() {}',
    'function f() { return g(); function g() {} }',
    'let a = 1;',
    'const a = 1;',
    'for (var i = 0; i < 3; i++) exports.push(function () { return i; });',
    'while (exports.a) { exports.f = function () {}; }',
    'if (exports.a) { function f() {} }',
    'JSON.stringify(1 / 3);',
    'var a = "\\u20ac";',
    'var a = { 1: 2 };',
    'var a = { "1": 2 };',
    'var a = { __proto__: null };',
    'exports.__proto__ = null;',
    'var a = {}; delete a.b;',
    'var a = "b" in {};',
    'class A extends Error {}',
    'new Uint8Array(1).slice(0);',
    'String.fromCharCode.apply(null, [1]);',
    'try { exports.f(); } finally { exports.g(); }',
    'var a = /x/;',
    'var a = [, 1];',
    'with (exports) { a; }',
    'globalThis.a = 1;',
    'arguments;',
  ],
};

describe.each(Object.entries(REFUSED))('%s', (_, snippets) => {
  test.each(snippets)('is refused: %s', (snippet) => {
    expect(lint(snippet)).not.toEqual([]);
  });
});

test('a refusal names line, rule and code', () => {
  expect(lint('var a;\nlet b = 1;')).toEqual(['2: no let: in a loop it is one variable: let b = 1;']);
});

test.each([
  'function f(a) { return a ? f(a - 1) : 0; } exports.f = f;',
  'var f = function g(a) { return a ? g(a - 1) : 0; };',
  'function f() {} function g() { return f(); } exports.open = g;',
  'for (var i = 0; i < 3; i++) if (i % 2) continue; else break;',
  'switch (exports.a) { case 1: break; default: exports.b = 1; }',
  'try { exports.f(); } catch (error) { throw error; }',
  'var a = { b: 1, delete: function () {} }; a.delete(); do a.b >>>= 1; while (a.b);',
  'exports.f = function () { function g() {} return g; };',
])('allowed: %s', (snippet) => {
  expect(lint(snippet)).toEqual([]);
});

const folder = new URL('.', import.meta.url);
const modules = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));

describe.each(modules)('%s', (name) => {
  test.each([false, true])('passes, minified: %s', async (minify) => {
    expect(lint(await bundle(new URL(name, folder).pathname, { minify }))).toEqual([]);
  });
});
