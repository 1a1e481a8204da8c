import { stage } from "assay"
import { Schema } from "effect"
import { Policy, Preferences } from "../artifacts.ts"
import { Seed, withDefault } from "../parameter.ts"

/*
 * Parts of a data set: a `fraction` of its pairs that are not ties, in the table's order. Three
 * parts of one fraction are of one size, so that arms trained on them have equal budgets. `seed`
 * draws the pairs of `subsetAtRandom`, and decides between equals elsewhere.
 */

/** A share of a whole: above 0, at most 1. */
export const Fraction = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(1))

const common = {
  /** The fraction to keep of the pairs that are not ties. */
  fraction: Fraction,
  /** Draws the pairs of a random subset; elsewhere decides between pairs that rank the same. */
  seed: withDefault(Seed, 0),
}

const renamed = { share: "fraction" } as const

const ranked = {
  ...common,
  /** Which end of the ranking to keep. */
  keep: Schema.Literals(["highest", "lowest"]),
}

/**
 * A random subset of the same size: the control for `subsetByQuality` and `subsetByCoverage`.
 * Throws a StageError `TooLittleData` where the fraction is less than one pair.
 */
export const subsetAtRandom = stage({
  name: "subset-at-random",
  inputs: { preferences: Preferences },
  parameters: common,
  outputs: { preferences: Preferences },
  renamed,
  run: () => import("./subset-at-random.ts"),
})

/**
 * The pairs whose responses score highest or lowest (quality, hypothesis 2 of Tang et al. 2024): by
 * the mean of the judge's scores of both, whatever their difference. Throws a StageError `NoScores`
 * where a pair has none, because its judge compares only.
 */
export const subsetByQuality = stage({
  name: "subset-by-quality",
  inputs: { preferences: Preferences },
  parameters: ranked,
  outputs: { preferences: Preferences },
  renamed,
  run: () => import("./subset-by-quality.ts"),
})

/**
 * The pairs that a `target` policy, such as the last one of an online run, makes most or least
 * likely (coverage, hypothesis 1 of Tang et al. 2024): by the mean over both responses of log
 * π_target(y)/π_reference(y), in nats, the logarithm of the ratio that concentrability bounds.
 * Throws a StageError `NotComparable` where the two policies have different tokenizers.
 */
export const subsetByCoverage = stage({
  name: "subset-by-coverage",
  inputs: { preferences: Preferences, target: Policy, reference: Policy },
  parameters: ranked,
  outputs: { preferences: Preferences },
  renamed,
  engine: true,
  run: () => import("./subset-by-coverage.ts"),
})
