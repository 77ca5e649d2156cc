/** `npm start`: a real store keeps real data through a real crash. Prints what happened; exits 0 if all of it was right. */
import { parseArgs } from 'node:util';

const usage = `node tour/main.mjs [options]

  --small  a twentieth of the cities: to see that the tour runs
  --help   this text
`;

const options = readOptions();
if (options.help) {
  console.log(usage);
} else {
  const { takeTour } = await import('./tour.mjs').catch(explain);
  process.exitCode = await takeTour({ small: options.small });
}

function readOptions() {
  try {
    return parseArgs({
      options: { small: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    }).values;
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}\n\n${usage}`);
    return process.exit(1);
  }
}

/**
 * @param {Error & { code?: string }} error
 * @returns {never}
 */
function explain(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(`The tour runs on the built packages, and they are not there: \`npm start\` builds them.
(${error.message.split('\n', 1)[0]?.replace(/ imported from .*/, '')})`);
  process.exit(1);
}
