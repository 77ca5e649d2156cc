/**
 * What engines of Espruino's class lack, or do otherwise without saying so, as a check of a script's syntax. It knows
 * what is allowed rather than what is not: anything new to it is refused.
 */
import { parse } from 'acorn';
import { fullAncestor } from 'acorn-walk';

/** The syntax of ES5, without what is missing from it: getters, labels, patterns (regular expressions), with, for-in. */
const SYNTAX = new Set(
  `ArrayExpression AssignmentExpression BinaryExpression BlockStatement BreakStatement CallExpression CatchClause
  ConditionalExpression ContinueStatement DoWhileStatement EmptyStatement ExpressionStatement ForStatement
  FunctionDeclaration FunctionExpression Identifier IfStatement Literal LogicalExpression MemberExpression NewExpression
  ObjectExpression Program Property ReturnStatement SequenceExpression SwitchCase SwitchStatement ThisExpression
  ThrowStatement TryStatement UnaryExpression UpdateExpression VariableDeclaration VariableDeclarator WhileStatement`.split(
    /\s+/,
  ),
);

/** Names that an engine defines. */
const GLOBALS = new Set(
  `Array ArrayBuffer DataView Date E Error Float64Array Infinity JSON Math NaN Number Object String Uint16Array Uint32Array Uint8Array
  Int32Array exports isFinite isNaN parseFloat parseInt print require undefined btoa changeInterval setInterval`.split(
    /\s+/,
  ),
);

/** What of these may be used; of other globals anything. */
const STATICS = new Map(
  Object.entries({
    Array: ['isArray'],
    Date: ['now'],
    JSON: ['parse'],
    Math: ['abs', 'ceil', 'floor', 'max', 'min', 'pow', 'random', 'round', 'sqrt'],
    Number: [],
    Object: ['keys'],
    String: ['fromCharCode'],
    Uint8Array: [],
    Uint16Array: [],
    Uint32Array: [],
    Int32Array: [],
    ArrayBuffer: [],
  }),
);

/** Methods that are missing, or are another thing: slice of a typed array gives an Array, apply passes 256 arguments. */
const METHODS = new Set(
  `apply at codePointAt copyWithin flat flatMap hasOwnProperty matchAll normalize replaceAll slice then
  __proto__ __defineGetter__`.split(/\s+/),
);

const BINARY = new Set('+ - * / % & | ^ << >> >>> == != === !== < > <= >= instanceof'.split(' '));
const ASSIGNMENTS = new Set('= += -= *= /= %= &= |= ^= <<= >>= >>>='.split(' '));
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression']);
const LOOPS = new Set(['ForStatement', 'WhileStatement', 'DoWhileStatement']);

/**
 * @param {string} script
 * @returns {string[]} `line: rule: code` for each place that breaks a rule
 */
export function lint(script) {
  const tree = /** @type {any} */ (parse(script, { ecmaVersion: 'latest', locations: true }));
  /** @type {string[]} */
  const problems = [];
  /** @param {any} node @param {string} rule */
  const report = (node, rule) => {
    const code = script.slice(node.start, node.end).replace(/\s+/g, ' ').slice(0, 60);
    problems.push(`${node.loc.start.line}: ${rule}: ${code}`);
  };
  checkNodes(tree, report);
  checkNames(tree, report);
  return problems;
}

/** @typedef {(node: any, rule: string) => void} Report */

/** @param {any} tree @param {Report} report */
function checkNodes(tree, report) {
  fullAncestor(tree, (node, _, path) => {
    if (!SYNTAX.has(node.type)) report(node, `no ${node.type}`);
    RULES[node.type]?.(node, path.slice(0, -1), report);
  });
}

/** @type {Record<string, (node: any, parents: any[], report: Report) => void>} */
const RULES = {
  VariableDeclaration(node, _, report) {
    if (node.kind !== 'var') report(node, `no ${node.kind}: in a loop it is one variable`);
  },
  FunctionDeclaration(node, parents, report) {
    checkFunction(node, report);
    const [outer, block] = parents.slice(-2);
    const isOnTop = block?.type === 'Program' || outer?.type === 'Program' || FUNCTIONS.has(outer?.type);
    if (!isOnTop) report(node, 'functions are declared at the top of a script or a function');
  },
  FunctionExpression(node, parents, report) {
    checkFunction(node, report);
    if (LOOPS.has(closest(parents, [...LOOPS, ...FUNCTIONS])?.type))
      report(node, 'no function made in a loop: it would see the last value of its variables');
  },
  Property(node, _, report) {
    if (node.computed || node.shorthand || node.method || node.kind !== 'init')
      report(node, 'fields are written name: value');
    const name = String(node.key.name ?? node.key.value);
    if (/^\d/.test(name) || name === '__proto__')
      report(node, 'no figure and no __proto__ as a name: their order and meaning differ');
  },
  Literal(node, _, report) {
    if (node.regex) report(node, 'no regular expressions');
    if (node.bigint) report(node, 'no bigints');
    if (typeof node.value === 'number' && /^0[bo]|_/i.test(node.raw)) report(node, 'figures as in ES5');
    if (typeof node.value === 'string' && /[^\0-\xff]/.test(node.value)) report(node, 'strings are bytes');
  },
  BinaryExpression(node, _, report) {
    if (!BINARY.has(node.operator)) report(node, `no ${node.operator}`);
  },
  LogicalExpression(node, _, report) {
    if (node.operator === '??') report(node, 'no ??');
  },
  AssignmentExpression(node, _, report) {
    if (!ASSIGNMENTS.has(node.operator)) report(node, `no ${node.operator}`);
  },
  UnaryExpression(node, _, report) {
    if (node.operator === 'delete') report(node, 'no delete: no objects as key maps');
  },
  MemberExpression(node, _, report) {
    if (node.optional) report(node, 'no ?.');
    const name = node.computed ? node.property.value : node.property.name;
    if (METHODS.has(name)) report(node, `no ${name}`);
    const allowed = node.object.type === 'Identifier' ? STATICS.get(node.object.name) : undefined;
    if (allowed && !allowed.includes(name)) report(node, `no ${node.object.name}.${name}`);
  },
  CallExpression(node, _, report) {
    if (node.optional) report(node, 'no ?.');
  },
  SwitchStatement(node, _, report) {
    const at = node.cases.findIndex((/** @type {any} */ one) => one.test === null);
    if (at >= 0 && at < node.cases.length - 1)
      report(node, 'default comes last: a case after it is not found');
  },
  TryStatement(node, _, report) {
    if (node.finalizer) report(node, 'no finally: it does not run when memory ends');
    if (node.handler && !node.handler.param) report(node, 'catch takes a name');
  },
  ArrayExpression(node, _, report) {
    if (node.elements.includes(null)) report(node, 'no holes');
  },
};

/** @param {any} node @param {Report} report */
function checkFunction(node, report) {
  if (node.async || node.generator) report(node, 'no async, no generators');
}

/** Every name is defined, and a function is declared before anything names it. @param {any} tree @param {Report} report */
function checkNames(tree, report) {
  const scopes = scopesOf(tree);
  fullAncestor(tree, (node, _, path) => {
    if (node.type !== 'Identifier') return;
    const { name, start } = /** @type {any} */ (node);
    const declared = path.map((parent) => scopes.get(parent)?.get(name)).findLast(Boolean);
    if (!declared && !GLOBALS.has(name)) report(node, 'a name that nobody defines');
    if (declared?.type === 'FunctionDeclaration' && start < declared.start)
      report(node, 'a function is declared before it is named: it is not hoisted');
  });
}

/**
 * For the script and each function the names it declares, and where.
 * @param {any} tree
 */
function scopesOf(tree) {
  /** @type {Map<any, Map<string, any>>} */
  const scopes = new Map();
  /** @param {any} scope @param {any} id @param {any} node */
  const declare = (scope, id, node) => {
    if (!scopes.has(scope)) scopes.set(scope, new Map());
    if (id) scopes.get(scope)?.set(id.name, node);
  };
  fullAncestor(tree, (node, _, path) => {
    const { type, id, param, params } = /** @type {any} */ (node);
    const scope = closest(path.slice(0, -1), ['Program', ...FUNCTIONS]);
    if (type === 'VariableDeclarator' || type === 'FunctionDeclaration') declare(scope, id, node);
    if (type === 'CatchClause') declare(scope, param, node);
    if (type === 'FunctionExpression') declare(node, id, node);
    if (FUNCTIONS.has(type)) for (const one of params) declare(node, one, one);
  });
  return scopes;
}

/** @param {any[]} parents @param {string[]} types */
function closest(parents, types) {
  return parents.findLast((parent) => types.includes(parent.type));
}
