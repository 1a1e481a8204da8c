/**
 * Which features a text has: of a bag its words and pairs of words; of an answer also how it fits
 * what was asked.
 */
export const featureSets = ["bag", "answer"] as const
export type FeatureSet = (typeof featureSets)[number]
