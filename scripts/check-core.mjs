/**
 * Proves that what `@isokv/core` ships depends on nothing: every import is one of its own files (nanoevents
 * is inlined), and no name of Node is used. Reads the syntax, not the text, because comments may say
 * "process" and a store has a method named `require`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const dist = 'packages/core/dist/';
const forbidden = new Set([
  'Buffer',
  'process',
  'require',
  'globalThis',
  'global',
  '__dirname',
  '__filename',
]);

const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.[jt]s$/.test(name),
);
if (files.length === 0) throw new Error(`${dist} is empty: run npm run build`);

for (const file of files) {
  visit(ts.createSourceFile(file, readFileSync(dist + file, 'utf8'), ts.ScriptTarget.Latest, true));
}

/** @param {ts.Node} node */
function visit(node) {
  const imported = importedBy(node)?.getText();
  if (imported && !/^['"]\.\.?\//.test(imported)) fail(node, `imports ${imported}`);
  if (ts.isIdentifier(node) && forbidden.has(node.text) && !isMemberName(node))
    fail(node, `uses ${node.text}`);
  ts.forEachChild(node, visit);
}

/** @param {ts.Node} node */
function importedBy(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return node.argument;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return node.arguments[0];
  return undefined;
}

/** @param {ts.Identifier} node */
function isMemberName(node) {
  return 'name' in node.parent && node.parent.name === node;
}

/**
 * @param {ts.Node} node
 * @param {string} what
 */
function fail(node, what) {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  console.error(`${dist}${source.fileName}:${line + 1} ${what}`);
  process.exitCode = 1;
}
