// What a bench is. There is no code here, only types for the editor.

/**
 * @typedef {object} Turn one contender's turn in one round
 * @property {import('../harness/worker.mjs').Worker[]} workers as many as the bench has processes
 * @property {import('../contenders/contender.mjs').Contender} contender
 * @property {import('ioredis').Redis} admin a connection that belongs to nobody who is measured
 * @property {import('../harness/scale.mjs').Scale} scale
 * @property {number} round
 */

/**
 * @typedef {object} Column
 * @property {string} key of the sample
 * @property {string} label
 * @property {number} [digits]
 * @property {boolean} [noRatio] a ratio would say nothing
 * @property {import('../harness/targets.mjs').Target} [target]
 */

/**
 * @typedef {object} Bench
 * @property {string} id
 * @property {string} title
 * @property {string} needs what a contender must be able to do
 * @property {string[]} contenders
 * @property {string} reference whom the others are held against
 * @property {number} processes for each contender
 * @property {boolean} [freshProcesses] for every turn
 * @property {Column[]} columns
 * @property {Partial<import('../harness/scale.mjs').Scale>} [full]
 * @property {Partial<import('../harness/scale.mjs').Scale>} [quick]
 * @property {boolean} [notInQuick] unless it is asked for by its whole name
 * @property {{ name: string, why: string }[]} [unsupported]
 * @property {(turn: Turn) => Promise<Record<string, number>>} measure
 */
