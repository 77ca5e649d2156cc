/** The examples of a Markdown page: its blocks of `js`, each with what its comments say it prints. */

/**
 * @param {string} markdown
 * @returns {{ code: string, expected: string[] }[]}
 */
export function examplesOf(markdown) {
  return [...markdown.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => ({
    code,
    expected: expectedOf(code),
  }));
}

/**
 * What `console.log(…); // output` promises, in the order of the lines.
 * @param {string} code
 */
function expectedOf(code) {
  return [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, output = '']) => output);
}
