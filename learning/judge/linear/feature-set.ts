/**
 * Which features a text has: of a bag its words and pairs of words; of an answer also how it fits
 * what was asked; its words alone; or these, with the ones that a negation reaches marked.
 */
export const featureSets = ["bag", "answer", "words", "negation"] as const
export type FeatureSet = (typeof featureSets)[number]
