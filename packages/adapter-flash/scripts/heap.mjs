/**
 * Estimates how many of Espruino's variables the device bundle takes, with a store that is open: `node scripts/heap.mjs`,
 * after a build. The sizes are those of www.espruino.com/Internals for variables of 13 bytes, which boards of up to
 * 4,095 have; the state of the store is what Node's own heap holds. What a call needs while it runs is not counted.
 */
import { readFileSync } from 'node:fs';
import { json } from 'node:stream/consumers';
import { getHeapSnapshot } from 'node:v8';
import { crc32 } from 'node:zlib';

import { parse } from 'acorn';
import { full } from 'acorn-walk';

const VARIABLE_BYTES = 13;

/** Text: 4 bytes and those of three links of 12 bits in the first variable, a count of 8 bits more in those after it. */
const ofText = (/** @type {number} */ length) => 1 + Math.ceil(Math.max(0, length - 8) / 9);
/** The name of a field or a variable: 4 bytes, for its links are in use. */
const ofName = (/** @type {string} */ name) => 1 + Math.ceil(Math.max(0, name.length - 4) / 9);
/** A number: small integers are kept in place of the link to a value. */
const ofNumber = (/** @type {number} */ value) => (Number.isInteger(value) && Math.abs(value) < 2048 ? 0 : 1);
const ofBytes = (/** @type {number} */ length) => 2 + Math.ceil(length / VARIABLE_BYTES);

/**
 * Every function: itself, its name, its parameters, its code behind a hidden name, the scope it was made in. The code
 * of a module in Storage can stay in the flash, with one variable that says where.
 * @param {string} script
 * @param {'RAM' | 'flash'} place
 */
function codeVariables(script, place) {
  let variables = 0;
  full(parse(script, { ecmaVersion: 5 }), (node) => {
    if (node.type !== 'FunctionDeclaration' && node.type !== 'FunctionExpression') return;
    const { id, params, body } = /** @type {any} */ (node);
    variables += 1 + (id ? ofName(id.name) : 0) + 1 + 1;
    variables += place === 'RAM' ? ofText(body.end - body.start - 2) : 1;
    for (const param of params) variables += ofName(param.name);
  });
  return variables;
}

/**
 * What is reachable from an object of the class `Root`, its functions' scopes too, but not the functions themselves
 * nor objects of the class `Board`.
 */
async function stateVariables() {
  const { root, edgesOf } = graphOf(
    /** @type {any} */ (await json(getHeapSnapshot({ exposeNumericValues: true }))),
  );
  const seen = new Set();
  /** @param {any} node @returns {number} */
  const count = (node) => {
    if (node.type === 'number') return ofNumber(numberOf(node, edgesOf));
    if (seen.has(node.index) || node.name === 'Board') return 0;
    seen.add(node.index);
    if (node.type === 'string' || node.type === 'concatenated string') return ofText(node.name.length);
    if (/^(Uint|Int|Float)\d+Array$|^DataView$/.test(node.name)) return ofBytes(bufferBytes(node, edgesOf));
    let variables = node.type === 'object' ? 1 : 0;
    for (const { type, name, to } of edgesOf(node)) {
      const isValue = type === 'property' || type === 'context' || type === 'element';
      const isScope =
        type === 'internal' && (name === 'context' || name === 'previous' || name === 'elements');
      if (name === '__proto__' || (!isValue && !isScope)) continue;
      if (isValue) variables += ofName(String(name));
      if (isScope && to.name === 'system / NativeContext') continue;
      variables += count(to);
    }
    return variables;
  };
  return edgesOf(root).reduce(
    (/** @type {number} */ sum, /** @type {any} */ { type, to }) =>
      sum + (type === 'property' ? count(to) : 0),
    0,
  );
}

/** @param {any} snapshot */
function graphOf({ snapshot: { meta }, nodes, edges, strings }) {
  const nodeFields = meta.node_fields.length;
  const edgeFields = meta.edge_fields.length;
  const countAt = meta.node_fields.indexOf('edge_count');
  /** @type {number[]} */
  const firstEdge = [];
  let edge = 0;
  for (let at = 0; at < nodes.length; at += nodeFields) {
    firstEdge.push(edge);
    edge += nodes[at + countAt] * edgeFields;
  }
  const nodeAt = (/** @type {number} */ index) => ({
    index,
    type: meta.node_types[0][nodes[index]],
    name: strings[nodes[index + 1]],
    bytes: nodes[index + meta.node_fields.indexOf('self_size')],
  });
  const edgesOf = (/** @type {{ index: number }} */ { index }) =>
    Array.from({ length: nodes[index + countAt] }, (_, nth) => {
      const at = /** @type {number} */ (firstEdge[index / nodeFields]) + nth * edgeFields;
      const type = meta.edge_types[0][edges[at]];
      const name = type === 'element' || type === 'hidden' ? edges[at + 1] : strings[edges[at + 1]];
      return { type, name, to: nodeAt(edges[at + 2]) };
    });
  for (let index = 0; index < nodes.length; index += nodeFields) {
    const node = nodeAt(index);
    if (
      node.type === 'object' &&
      node.name === 'Root' &&
      edgesOf(node).some(({ name, to }) => name === 'store' && to.type === 'object')
    )
      return { root: node, edgesOf };
  }
  throw new Error('the heap has no Root');
}

/** @param {any} node @param {(node: any) => any[]} edgesOf */
function numberOf(node, edgesOf) {
  const value = edgesOf(node).find(({ name }) => name === 'value');
  return Number(value?.to.name ?? node.name);
}

/** @param {any} node @param {(node: any) => any[]} edgesOf */
function bufferBytes(node, edgesOf) {
  const buffer = edgesOf(node).find(({ name }) => name === 'buffer' || name === 'viewed_array_buffer')?.to;
  const store = buffer && edgesOf(buffer).find(({ name }) => name === 'backing_store')?.to;
  return store ? store.bytes : (edgesOf(node).find(({ name }) => name === 'elements')?.to.bytes ?? 0);
}

/** A flash of ten pages, as of a board. */
class Board {
  pageSize = 4096;
  pageCount = 10;
  programUnit = 4;
  bytes = new Uint8Array(10 * 4096).fill(255);
  /** @param {number} address @param {number} length */
  read(address, length) {
    return this.bytes.slice(address, address + length);
  }
  /** @param {number} address @param {Uint8Array} bytes */
  program(address, bytes) {
    this.bytes.set(bytes, address);
  }
  /** @param {number} page */
  erase(page) {
    this.bytes.fill(255, page * 4096, (page + 1) * 4096);
  }
  /** @param {Uint8Array} bytes */
  crc32(bytes) {
    return crc32(bytes);
  }
}

class Root {
  /** @param {any} open @param {any} store */
  constructor(open, store) {
    this.open = open;
    this.store = store;
  }
}

const load = (/** @type {string} */ name) =>
  readFileSync(new URL(`../dist/${name}.cjs`, import.meta.url), 'utf8');
/** @param {string} script @returns {any} */
function run(script) {
  const exports = {};
  new Function('exports', script)(exports);
  return exports;
}

for (const { names, what } of [
  { names: ['device'], what: 'of the core' },
  { names: ['device', 'device-summary'], what: 'with summaries' },
  { names: ['device', 'device-index'], what: 'with an index' },
]) {
  const code = names.map(load);
  const [isokv, ...added] = code.map(run);
  for (const { addTo } of added) addTo(isokv);
  const inRam = code.reduce((sum, script) => sum + codeVariables(script, 'RAM'), 0);
  const inFlash = code.reduce((sum, script) => sum + codeVariables(script, 'flash'), 0);
  const store = isokv.open(new Board(), { index: names.includes('device-index') ? 100 : 0 });
  for (let i = 0; i < 100; i++) store.set(`key${i}`, i);
  const root = new Root(isokv.open, store);
  const state = await stateVariables();
  const bytes = code.reduce((sum, { length }) => sum + length, 0);
  process.stdout.write(
    `${bytes} bytes of code ${what}: ${inRam} variables in RAM, ${inFlash} run from flash\n`,
  );
  process.stdout.write(`a store of 100 entries: ${state} variables, `);
  process.stdout.write(`${inRam + state} with code in RAM, ${inFlash + state} with code in flash\n`);
  Object.assign(root, { store: null });
}
