import { type Run, StageError } from "assay"
import { printKept } from "../judge/labels.ts"
import { type Policy, readPolicy } from "../policy/files.ts"
import { LogProbabilities } from "../policy/log-probabilities.ts"
import type { Sequence } from "../policy/packing.ts"
import { chosenSequence, rejectedSequence, tokenizePair } from "../policy/token-pair.ts"
import { isSameTokenizer } from "../tokenizer/same-tokenizer.ts"
import { takeRanked, withoutTies } from "./rank.ts"
import type { subsetByCoverage } from "./subset.stage.ts"

/** Pairs between two reports of progress. */
const pairsPerBatch = 64

export const run: Run<typeof subsetByCoverage> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const target = await readPolicy(inputs.target)
  const reference = await readPolicy(inputs.reference)
  if (!isSameTokenizer(target.tokenizerFiles.tokenizer, reference.tokenizerFiles.tokenizer))
    throw new StageError("NotComparable", "the target has another tokenizer than the reference: their tokens do not mean the same")
  const rows = withoutTies(await inputs.preferences.read())
  // The two may be of different sizes.
  const under = ({ configuration, parameters: own }: Policy) => {
    const logProbabilities = new LogProbabilities(configuration, engine)
    return (sequences: ReadonlyArray<Sequence>) => logProbabilities.of(own, sequences)
  }
  const [underTarget, underReference] = [under(target), under(reference)]
  const coverage: Array<number> = []
  for (let start = 0; start < rows.length; start += pairsPerBatch) {
    const pairs = rows.slice(start, start + pairsPerBatch).map((row) => tokenizePair(reference.tokenizer, row))
    const sequences = pairs.flatMap((pair) => [chosenSequence(pair), rejectedSequence(pair)])
    const [ours, theirs] = [await underTarget(sequences), await underReference(sequences)]
    const ratio = (index: number): number => (ours[index] as number) - (theirs[index] as number)
    coverage.push(...pairs.map((_, pair) => (ratio(2 * pair) + ratio(2 * pair + 1)) / 2))
    progress(coverage.length, rows.length)
  }
  const kept = takeRanked(rows, coverage, parameters)
  await outputs.preferences.append(kept)
  printKept(kept.length, inputs.preferences.rows)
}
