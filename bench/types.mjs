/**
 * The shapes that the parts of the bench share.
 *
 * @typedef {'text' | 'number' | 'object'} ValueKind what the values of a scenario are, so that an engine can
 *   pick the encoding made for them
 *
 * @typedef {object} EngineOptions
 * @property {ValueKind} values
 * @property {'strict' | 'relaxed'} durability what an awaited write survives: power loss, a crash of the process
 *
 * @typedef {object} Range keys from `gte` to below `lt`, or all that start with `prefix`
 * @property {string} [gte]
 * @property {string} [lt]
 * @property {string} [prefix]
 *
 * @typedef {object} Engine one store under measurement; what it cannot do throws
 * @property {string} name
 * @property {(folder: string, options: EngineOptions) => Promise<void>} open creates when absent
 * @property {(key: string) => any} get
 * @property {(key: string, value: unknown) => Promise<unknown>} set settles when as durable as asked
 * @property {(keys: string[], values: unknown[]) => Promise<unknown>} setTurn all in one turn of the event loop
 * @property {(range: Range, visit: (key: string, value: any) => void) => void} scan in key order
 * @property {() => Promise<void>} compact
 * @property {() => Promise<void>} verify reads and checks all that is stored
 * @property {() => Promise<void>} close
 *
 * @typedef {object} Context
 * @property {string} folder the folder of the scenario; each engine has one of its own name inside
 * @property {number} entries how many entries the store holds
 * @property {number} round counts from 0, warm-up rounds included; the seed of what is drawn at random
 * @property {boolean} quick
 *
 * @typedef {object} Measurement
 * @property {Record<string, number>} values named figures, their unit last; a `rate` is per millisecond
 * @property {unknown} [check] what was read, summed up: every engine of the round must have got the same
 *
 * @typedef {object} Goal one row of the table
 * @property {string} [subject] the engine whose figure it is, `isokv` when absent
 * @property {string} against an engine, or in words what the figure is a ratio of
 * @property {string} of the name of a figure of the measurement
 * @property {string} [note] what of the scenario this row is about
 * @property {number} [atLeast] the goal; a row without one is for information
 * @property {number} [atMost]
 * @property {string} [unit] what the figure is in; a ratio, written `x`, when absent
 *
 * @typedef {object} Scenario
 * @property {string} name what `--only` matches
 * @property {string} what
 * @property {string[]} engines `isokv` first
 * @property {number} entries
 * @property {number} rounds
 * @property {number} [warmups] rounds before those that count
 * @property {boolean} [fresh] whether every round is a new process, which does not see what `prepare` left in memory
 * @property {Goal[]} goals
 * @property {(engine: Engine, context: Context) => Promise<void>} prepare
 * @property {(engine: Engine, context: Context) => Promise<Measurement>} measure
 */
export {};
