import { preferences as preferenceColumns, prompts as promptColumns, text } from "../../../data/schema/index.ts"
import { normals } from "../../../engine/random/philox.ts"
import { evaluate } from "../../../learning/evaluate/evaluate.stage.ts"
import { readPolicy, writeCheckpoint, writeDescription, writePolicy } from "../../../learning/policy/files.ts"
import type { WeightsByName } from "../../../learning/policy/parameters.ts"
import { sft } from "../../../learning/train/sft.stage.ts"
import { MemoryFiles, MemoryTable } from "./memory.ts"
import { runStage } from "./stage.ts"
import { easyPreferences, goldJudge, promptRows, prompts36, sentences, textRows } from "./toy.ts"

/** A run of two checkpoints of a policy that speaks the toy language, and its evaluation. */

/** Speaks the toy language, so that gold has opinions on what it says. */
export const { policy: reference } = await runStage(
  sft,
  { corpus: new MemoryTable(text, textRows(sentences(200))) },
  { size: "small", steps: 60, seed: 1, batchSize: 16, vocabulary: 450, context: 24 },
)
export const policy = await readPolicy(reference)
export const { configuration, parameters, tokenizer } = policy

export const shifted = (deviation: number): WeightsByName =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, values], index) => {
      const noise = normals(1, "shift", index, new Float32Array(values.length))
      return [name, values.map((value, place) => value + deviation * (noise[place] as number))]
    }),
  )

export const runOf = async (checkpoints: Readonly<Record<number, WeightsByName>>): Promise<MemoryFiles> => {
  const run = new MemoryFiles()
  for (const [step, each] of Object.entries(checkpoints)) await writeCheckpoint(run, { ...policy, parameters: each }, Number(step))
  await writeDescription(run, policy)
  return run
}

export const policyFiles = async (each: WeightsByName): Promise<MemoryFiles> => {
  const output = new MemoryFiles()
  await writePolicy(output, { ...policy, parameters: each })
  return output
}

/** Prompts of the held-out split, among others. */
export const prompts = new MemoryTable(
  promptColumns,
  Array.from({ length: 7 }, (_, part) =>
    promptRows(prompts36, part === 0 ? "train" : "test").map((row) => ({ ...row, prompt_id: 100 * part + row.prompt_id })),
  ).flat(),
)
export const preferences = new MemoryTable(
  preferenceColumns,
  easyPreferences(20).map((row, index) => ({ ...row, tie: index % 5 === 0 })),
)

export const evaluated = async (
  run: MemoryFiles,
  { inputs: others = {}, ...given }: { readonly inputs?: Partial<Inputs> } & Omit<Parameters<typeof evaluate>[0], keyof Inputs> = {},
) => {
  const outputs = await runStage(evaluate, { ...inputs, run, ...others }, { count: 200, maxNewTokens: 12, ...given })
  const [evaluation, classification, summary] = await Promise.all([
    outputs.evaluation.read(),
    outputs.classification.read(),
    outputs.summary.read(),
  ])
  return { outputs, evaluation, classification, summary }
}

export const alone = <T>(input: T) => ({ path: [], at: {}, input })
export const called = <T>(name: string, input: T) => ({ path: [name], at: {}, input })

export const moved = shifted(0.02)
export const run = await runOf({ 30: moved, 4: parameters })
type Inputs = Parameters<typeof runStage<typeof evaluate>>[1]
export const inputs: Inputs = {
  run,
  reference,
  prompts,
  opponent: [alone(reference)],
  answers: [],
  judge: goldJudge,
  proxy: undefined,
  truth: undefined,
  independent: undefined,
  preferences: [alone(preferences)],
  text: undefined,
}
