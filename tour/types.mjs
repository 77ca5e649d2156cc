/** The shapes that the files of the tour share. Types only. */
/** @import { ChildProcess } from 'node:child_process' */
/** @import { Store } from 'isokv' */
/** @import { Checks } from './checks.mjs' */
/** @import { Terminal } from './terminal.mjs' */

/**
 * A city as the store keeps it.
 * @typedef {object} City
 * @property {string} name
 * @property {string} country ISO 3166-1 alpha-2 code
 * @property {string} admin1 code of the administrative division
 * @property {string} admin2
 * @property {number} lat
 * @property {number} lng
 * @property {number} [visits] set in the course of the tour
 */

/**
 * What every step is given.
 * @typedef {object} Tour
 * @property {boolean} small
 * @property {readonly City[]} cities the data, as it was before it went into the store
 * @property {Terminal} terminal
 * @property {Checks} checks
 * @property {Store} store another object after each `reopen()`
 * @property {() => Promise<void>} reopen closes the store and opens its file again
 * @property {(name: string) => string} pathOf a path in the temporary folder
 * @property {(child: ChildProcess) => void} endWithTour kills the child if the tour ends before it does
 */

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {(tour: Tour) => Promise<void>} run
 */

/**
 * @typedef {object} Duration
 * @property {string} title
 * @property {number} duration_ms
 * @property {number} passed checks
 * @property {number} failed
 */

export {};
