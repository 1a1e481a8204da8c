import { optional, stage } from "assay"
import { Schema } from "effect"
import { GoldJudge, Preferences, ProxyJudge } from "../artifacts.ts"
import { Count, LearningRate, Seed, withDefault } from "../parameter.ts"
import { featureSets } from "./linear/feature-set.ts"
import { linear } from "./scorers/trained.ts"

const inputs = { preferences: Preferences, heldOut: optional(Preferences) } as const

const Features = Schema.Literals(featureSets)

const Ties = Schema.Literals(["drop", "half"])

/**
 * A gold judge fitted to comparisons, by a bag of words: the model of Bradley and Terry (1952),
 * P(first better) = σ(s(first) − s(second)), with a score that is linear in words, neighbours and,
 * of "answer" features, in how the response fits its prompt. It is frozen: nothing trains it
 * further, and online learners do not take it. `judge.json` says what it was fitted to and, given
 * pairs that are `heldOut`, how many of them it orders as they are, by their source. Throws a
 * StageError `TooLittleData` where there is no pair to fit to.
 */
export const bradleyTerry = stage({
  name: "bradley-terry",
  inputs,
  parameters: {
    /** Orders the pairs of each epoch. */
    seed: Seed,
    /**
     * "words" scores the words of prompt and response, "negation" tells apart those that a negation
     * reaches, "bag" adds neighbours; "answer" scores words and neighbours of the response alone,
     * and how it fits its prompt.
     */
    features: withDefault(Features, "answer"),
    /** "drop" leaves ties out; "half" counts each as half a win of both: their scores are equal. */
    ties: withDefault(Ties, "drop"),
    /** How many times to go through the pairs. */
    epochs: withDefault(Count, 3),
    /** The learning rate of the linear model. */
    learningRate: withDefault(LearningRate, 0.1),
  },
  outputs: { judge: GoldJudge },
  plugins: { judge: { plugin: linear } },
  run: () => import("./bradley-terry.ts"),
})

/**
 * A bag of words as a reward model, the baseline of neural ones: a logistic regression of labels on
 * the words of two responses, which is the model of `bradleyTerry` as a proxy. It is fitted in
 * seconds, and taken by `optimizeOnline`. Its labels count in the budgets of all arms that use it.
 * Where gold depends on words, as a lexicon does, it agrees with gold more often than a small
 * transformer that has seen the same labels, and learns from ties, which tell it what words do not
 * count.
 */
export const bradleyTerryProxy = stage({
  name: "bradley-terry-proxy",
  inputs,
  parameters: {
    /** Orders the pairs of each epoch. */
    seed: Seed,
    /**
     * "words" scores the words of prompt and response, "negation" tells apart those that a negation
     * reaches, "bag" adds neighbours; "answer" scores words and neighbours of the response alone,
     * and how it fits its prompt.
     */
    features: withDefault(Features, "words"),
    /** "drop" leaves ties out; "half" counts each as half a win of both: their scores are equal. */
    ties: withDefault(Ties, "half"),
    /** How many times to go through the pairs. */
    epochs: withDefault(Count, 5),
    /** The learning rate of the linear model. */
    learningRate: withDefault(LearningRate, 0.3),
  },
  outputs: { judge: ProxyJudge },
  plugins: { judge: { plugin: linear } },
  run: () => import("./bradley-terry-proxy.ts"),
})
