import { setAwaited, setDurable } from './durable.mjs';
import { getFirst, getObject, getPrimitive } from './get.mjs';
import { lock } from './lock.mjs';
import { memory } from './memory.mjs';
import { openStore } from './open.mjs';
import { scan } from './scan.mjs';
import { setRelaxed } from './set.mjs';
import { stall } from './stall.mjs';
import { verify } from './verify.mjs';
import { ycsb } from './ycsb.mjs';

/** @import { Scenario } from '../types.mjs' */

/** @type {Scenario[]} In the order of the table. */
export const scenarios = [
  ...getPrimitive,
  ...getObject,
  getFirst,
  ...setRelaxed,
  setAwaited,
  ...setDurable,
  ...openStore,
  lock,
  ...scan,
  ...ycsb,
  memory,
  stall,
  verify,
];
