import { type EngineSetting, type Run, StageError } from "assay"
import type { Program } from "../../engine/index.ts"
import { type Policy, readPolicy } from "../policy/files.ts"
import { batchSequences, compileLogProbability, type Sequence, sequenceLength } from "../policy/sequence.ts"
import { tokenPair } from "../train/token-pair.ts"
import { ranked, useful } from "./rank.ts"
import type { subsetByCoverage } from "./subset.stage.ts"

/** Responses of one call. */
const portion = 128

export const run: Run<typeof subsetByCoverage> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const target = await readPolicy(inputs.target)
  const reference = await readPolicy(inputs.reference)
  if (target.tokenizerFiles.tokenizer !== reference.tokenizerFiles.tokenizer)
    throw new StageError("NotComparable", "the target has another tokenizer than the reference: their tokens do not mean the same")
  const rows = useful(await inputs.preferences.read())
  const likely = { target: logProbabilities(target, engine), reference: logProbabilities(reference, engine) }
  const coverage: Array<number> = []
  for (let start = 0; start < rows.length; start += portion / 2) {
    const pairs = rows.slice(start, start + portion / 2).map((row) => tokenPair(reference.tokenizer, row))
    const sequences = pairs.flatMap(({ prompt, chosen, rejected }) => [
      { prompt, response: chosen },
      { prompt, response: rejected },
    ])
    const [ours, theirs] = [await likely.target(sequences), await likely.reference(sequences)]
    const ratio = (index: number): number => (ours[index] as number) - (theirs[index] as number)
    coverage.push(...pairs.map((_, pair) => (ratio(2 * pair) + ratio(2 * pair + 1)) / 2))
    progress(coverage.length, rows.length)
  }
  await outputs.preferences.append(ranked(rows, coverage, parameters))
}

/** log π(response | prompt) of up to a portion of sequences, nats; filled up with the first, so that few programs serve all. */
const logProbabilities = ({ configuration, parameters }: Policy, engine: EngineSetting) => {
  const programs = new Map<number, Promise<Program>>()
  return async (sequences: ReadonlyArray<Sequence>): Promise<ReadonlyArray<number>> => {
    const full = Array.from({ length: portion }, (_, row) => sequences[row] ?? (sequences[0] as Sequence))
    const { rows, length, tokens, mask } = batchSequences(full, sequenceLength(full, configuration.context))
    const program = programs.get(length) ?? compileLogProbability(configuration, rows, length, engine)
    programs.set(length, program)
    const { logp } = await (await program).run({ tokens, mask, ...parameters })
    return [...(logp as Float32Array)]
  }
}
