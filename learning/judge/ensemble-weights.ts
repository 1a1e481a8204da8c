import { type Run, StageError } from "assay"
import { permutation } from "../../engine/random/philox.ts"
import { json } from "../policy/files.ts"
import type { ensembleWeights } from "./ensemble.stage.ts"
import { printOmissions, toTextPair } from "./judge.ts"
import { labelSetsOf, printUncounted, printUnknownLabels } from "./labels.ts"
import { type Example, fitWeights, logOddsOf, weighted } from "./pool.ts"
import { readJudge } from "./read.ts"
import { type FittedWeights, weightsFile } from "./weights-file.ts"

export const run: Run<typeof ensembleWeights> = async ({ inputs, parameters, outputs, engine }) => {
  const rows = await inputs.preferences.read()
  if (rows.every(({ tie }) => tie))
    throw new StageError("TooLittleData", `all of ${rows.length} pairs are ties: weights need some that are not`)
  const judges = await Promise.all(inputs.members.map(({ input }) => readJudge(input, engine)))
  const logOdds: Array<ReadonlyArray<number>> = []
  for (const judge of judges) {
    logOdds.push((await judge.compare(rows.map(toTextPair))).map(logOddsOf))
    printOmissions(judge)
  }
  const examples = rows.map(({ tie }, row): Example => ({ logOdds: logOdds.map((all) => all[row] as number), label: tie ? 0.5 : 1 }))
  const weights = fitWeights(examples)
  const labels = labelSetsOf(rows, inputs.preferences.digest)
  if (labels === undefined) printUnknownLabels()
  printUncounted(rows)
  const odds = crossValidated(
    examples,
    rows.map(({ prompt }) => prompt),
    parameters,
  )
  const fitted: FittedWeights = {
    members: inputs.members.map(({ path, input }, index) => ({
      name: path.join("."),
      judge_key: input.digest,
      weight: weights[index] as number,
      accuracy: accuracy(examples, (example) => example.logOdds[index] as number),
    })),
    pairs: examples.filter(({ label }) => label !== 0.5).length,
    accuracy_equal_weights: accuracy(examples, (example) =>
      weighted(
        example.logOdds.map(() => 1),
        example.logOdds,
      ),
    ),
    accuracy_fitted_weights: accuracy(examples, (_, index) => odds[index] as number),
    ...(labels === undefined ? {} : { labels }),
  }
  await outputs.weights.write(weightsFile, json(fitted))
}

/** The log-odds of each pair by weights that were fitted to the prompts of the other folds. */
const crossValidated = (
  examples: ReadonlyArray<Example>,
  prompts: ReadonlyArray<string>,
  { folds, seed }: { readonly folds: number; readonly seed: number },
): ReadonlyArray<number> => {
  const distinct = [...new Set(prompts)]
  if (distinct.length < folds)
    throw new StageError(
      "TooLittleData",
      `there are ${distinct.length} prompts, and they are to be in ${folds} folds; use more, or fewer folds`,
    )
  const foldOf = new Map(
    Array.from(permutation(distinct.length, seed, "folds"), (index, place) => [distinct[index] as string, place % folds]),
  )
  const weights = Array.from({ length: folds }, (_, fold) =>
    fitWeights(examples.filter((__, index) => foldOf.get(prompts[index] as string) !== fold)),
  )
  return examples.map(({ logOdds }, index) =>
    weighted(weights[foldOf.get(prompts[index] as string) as number] as ReadonlyArray<number>, logOdds),
  )
}

/** The share of the untied pairs whose chosen response has the higher odds, equal odds half. */
const accuracy = (examples: ReadonlyArray<Example>, oddsOf: (example: Example, index: number) => number): number => {
  const right = examples.flatMap((example, index) => (example.label === 0.5 ? [] : [(Math.sign(oddsOf(example, index)) + 1) / 2]))
  return right.reduce((sum, value) => sum + value, 0) / right.length
}
