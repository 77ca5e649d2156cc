/** From measurements to the table. */
/** @import { Goal, Scenario } from './types.mjs' */
/** @import { Results } from './run.mjs' */

/**
 * @typedef {object} Row
 * @property {string} scenario
 * @property {string} what
 * @property {string} against
 * @property {number} median
 * @property {number} min
 * @property {number} max
 * @property {string} unit
 * @property {string} goal
 * @property {'met' | 'missed' | ''} verdict empty for a row without a goal
 */

/**
 * One row for each goal of the scenario. The ratio is taken within each round; the median is of the ratios.
 *
 * @param {Scenario} scenario
 * @param {Results['rounds']} rounds
 * @returns {Row[]}
 */
export function rowsOf(scenario, rounds) {
  return scenario.goals.map((goal) => {
    const figures = rounds.map((round) => {
      const own = round[goal.subject ?? 'isokv']?.values[goal.of] ?? Number.NaN;
      // Against something that is no engine, the figure is the ratio already.
      const peer = scenario.engines.includes(goal.against) ? round[goal.against]?.values[goal.of] : 1;
      return own / (peer ?? Number.NaN);
    });
    const median = medianOf(figures);
    return {
      scenario: scenario.name,
      what: goal.note ? `${scenario.what}: ${goal.note}` : scenario.what,
      against: goal.against,
      median,
      min: Math.min(...figures),
      max: Math.max(...figures),
      unit: goal.unit ?? 'x',
      ...judge(goal, median),
    };
  });
}

/** @param {number[]} figures */
export function medianOf(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * @param {Goal} goal
 * @param {number} median
 * @returns {Pick<Row, 'goal' | 'verdict'>}
 */
function judge({ atLeast, atMost, unit = 'x' }, median) {
  if (atLeast !== undefined) {
    return { goal: `≥ ${withUnit(atLeast, unit)}`, verdict: median >= atLeast ? 'met' : 'missed' };
  }
  if (atMost !== undefined) {
    return { goal: `≤ ${withUnit(atMost, unit)}`, verdict: median <= atMost ? 'met' : 'missed' };
  }
  return { goal: '–', verdict: '' };
}

/** @param {Row[]} rows */
export function formatTable(rows) {
  const cells = [
    ['what', 'against', 'ratio (median, min–max)', 'goal', ''],
    ...rows.map(({ what, against, median, min, max, unit, goal, verdict }) => [
      what,
      against,
      `${withUnit(round(median), unit)} (${round(min)}–${round(max)})`,
      goal,
      verdict,
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {string[]} */ row) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(cells[0] ?? []), rule, ...cells.slice(1).map(line)].join('\n');
}

/**
 * @param {number | string} figure
 * @param {string} unit
 */
function withUnit(figure, unit) {
  return unit === 'x' ? `${figure}x` : `${figure} ${unit}`;
}

/** @param {number} figure */
function round(figure) {
  return figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3);
}
