import type { Log, LogCapabilities } from '../../log/log.ts';
import { equal, ok, same } from '../assert.ts';
import type { Part } from '../stage.ts';

const levels = ['strict', 'relaxed', 'none'];

/** What a log declares of itself, on which all other tests rely. */
export const capabilities: Part<Log> = (test, harness) => {
  test('every handle declares what the harness says', async ({ medium, create }) => {
    const declared = describe(harness.capabilities);
    same(describe(medium.handle().capabilities), declared, 'capabilities');
    const other = await create();
    same(describe(other.handle().capabilities), declared, 'capabilities on another medium');
  });

  test('they are frozen', async ({ medium }) => {
    const declared = medium.handle().capabilities;
    ok(Object.isFrozen(declared), 'the capabilities are not frozen');
    ok(Object.isFrozen(declared.durability), 'the list of durability levels is not frozen');
  });

  test('they are well-formed', async ({ medium }) => {
    const { name, durability, shared, persistent } = medium.handle().capabilities;
    ok(typeof name === 'string' && name !== '', 'name: a text that messages can use');
    ok(Array.isArray(durability) && durability.length > 0, 'durability: a list of at least one level');
    const ranks = durability.map((level) => levels.indexOf(level));
    ok(!ranks.includes(-1), `durability: levels are ${levels.join(', ')}`);
    ok(
      ranks.every((rank, index) => index === 0 || rank > (ranks[index - 1] as number)),
      'durability: strongest first',
    );
    equal(typeof shared, 'boolean', 'type of shared');
    equal(typeof persistent, 'boolean', 'type of persistent');
  });

  test('they agree with each other and with the log', async ({ medium }) => {
    const log = medium.handle();
    const { durability, shared, persistent, syncAppend = false } = log.capabilities;
    const promises = durability.some((level) => level !== 'none');
    ok(persistent || !promises, 'what is gone with the process cannot promise more than durability none');
    ok(!shared || typeof log.watch === 'function', 'a shared log has watch()');
    equal(typeof log.appendSync === 'function', syncAppend, 'whether there is appendSync()');
    ok(!promises || harness.crash, 'the harness needs crash(), for the log promises to survive one');
  });
};

function describe(declared: LogCapabilities): unknown {
  const { name, durability, shared, persistent } = declared;
  const { readers = false, replays = false, syncAppend = false } = declared;
  return { name, durability, shared, persistent, readers, replays, syncAppend };
}
