import type { PluginDeclaration, Row } from "assay"
import type { preferences, prompts, responses, text } from "../../../data/schema/index.ts"
import { integers, normals } from "../../../engine/random/philox.ts"
import { describeJudge } from "../../../learning/judge/judge-file.ts"
import { writePreferenceModel } from "../../../learning/judge/preference-model.ts"
import { vader } from "../../../learning/judge/scorers/sentiment.stage.ts"
import { preferenceModelScorer } from "../../../learning/judge/scorers/trained.ts"
import { type Gpt2Sizes, gpt2 } from "../../../learning/policy/architecture/gpt2.ts"
import type { Configuration } from "../../../learning/policy/configuration.ts"
import { type Policy, writePolicy } from "../../../learning/policy/files.ts"
import type { WeightsByName } from "../../../learning/policy/parameters.ts"
import { loadTokenizer } from "../../../learning/tokenizer/tokenizer.ts"
import { trainTokenizer } from "../../../learning/tokenizer/train.ts"
import { MemoryFiles } from "./memory.ts"

/** A language of a few dozen words, and policies of a few thousand parameters that speak it. */

const subjects = ["the man", "the woman", "a child", "our friend", "that dog", "her uncle"]
const verbs = ["had", "saw", "made", "found", "liked", "wanted"]
/** Words that VADER knows: two for the better and two for the worse; and two that it does not. */
export const qualities = ["wonderful", "happy", "terrible", "sad", "green", "wooden"] as const
const things = ["day", "house", "story", "garden", "song", "table"]

const sentence = (index: number): string => {
  const [subject = 0, verb = 0, quality = 0, thing = 0] = integers(1, "toy sentence", index, 6, new Int32Array(4))
  return `${subjects[subject]} ${verbs[verb]} a ${qualities[quality]} ${things[thing]}`
}

export const sentences = (count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, index) => sentence(index))

export const textRows = (texts: ReadonlyArray<string>, split = "train"): ReadonlyArray<Row<typeof text>> =>
  texts.map((each, text_id) => ({ text_id, text: each, kind: "sentence", split }))

export const promptRows = (texts: ReadonlyArray<string>, split = "train"): ReadonlyArray<Row<typeof prompts>> =>
  texts.map((prompt, prompt_id) => ({ prompt_id, prompt, split }))

/** Prompts of the toy language, no two alike. */
export const prompts36: ReadonlyArray<string> = subjects.flatMap((subject) => verbs.map((verb) => `${subject} ${verb}`))

export const responseRow = (prompt_id: number, sample_index: number, prompt: string, response: string): Row<typeof responses> => ({
  prompt_id,
  sample_index,
  prompt,
  response,
  token_ids: Int32Array.of(prompt_id, sample_index),
  logp_policy: -1,
  logp_behaviour: -1,
  truncated_prompt_tokens: 0,
  tokens: 2,
  finish_reason: "stop",
  policy_key: "toy",
  position: 0,
  seed: 0,
})

export const preferenceRow = (
  pair_id: number,
  prompt: string,
  chosen: string,
  rejected: string,
  rest: Partial<Row<typeof preferences>> = {},
): Row<typeof preferences> => ({
  pair_id,
  prompt,
  chosen,
  rejected,
  chosen_token_ids: new Int32Array(),
  rejected_token_ids: new Int32Array(),
  score_chosen: null,
  score_rejected: null,
  p_chosen: null,
  tie: false,
  source: "human",
  judge_key: null,
  judge_labels: null,
  annotators: null,
  logp_chosen: null,
  logp_rejected: null,
  policy_key: null,
  step: 0,
  position: pair_id,
  ...rest,
})

/** Pairs that a child could label: the better response has the better word. */
export const easyPreferences = (count: number): ReadonlyArray<Row<typeof preferences>> =>
  Array.from({ length: count }, (_, index) => {
    const [subject = 0, verb = 0, better = 0, worse = 0, thing = 0] = integers(2, "toy pair", index, 6, new Int32Array(5))
    const response = (quality: number) => ` a ${qualities[quality]} ${things[thing]}`
    return preferenceRow(index, `${subjects[subject]} ${verbs[verb]}`, response(better % 2), response(2 + (worse % 2)))
  })

export const tokenizerFiles = trainTokenizer(sentences(200), { vocabularySize: 300 })
export const tokenizer = loadTokenizer(tokenizerFiles.tokenizer, tokenizerFiles.config)

export const tinySizes: Gpt2Sizes = { vocabulary: tokenizer.vocabularySize, context: 32, width: 16, layers: 2, heads: 2 }
export const tinyConfiguration: Configuration = gpt2(tinySizes)

/**
 * Random parameters, biases and gains too, an order of magnitude wider than initial ones: what is
 * left out or misplaced then shows.
 */
export const wildParameters = (configuration: Configuration, seed: number, deviation = 0.25): WeightsByName =>
  Object.fromEntries(
    Object.entries(configuration.shapes).map(([name, shape], index) => {
      const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
      const centre = name.includes(".ln_") && name.endsWith("weight") ? 1 : 0
      return [name, normals(seed, "wild parameters", index, values).map((value) => centre + deviation * value)]
    }),
  )

export const tinyPolicy = (seed: number, configuration: Configuration = tinyConfiguration): Policy => ({
  configuration,
  parameters: wildParameters(configuration, seed),
  tokenizer,
  tokenizerFiles,
})

/** The same as an artifact. */
export const tinyPolicyFiles = async (seed: number): Promise<MemoryFiles> => {
  const output = new MemoryFiles()
  await writePolicy(output, tinyPolicy(seed))
  return output
}

/** The judge of a scorer without parameters, as an artifact. */
export const judgeFiles = ({ declaration }: Pick<typeof vader, "declaration">, parameters: object = {}): MemoryFiles =>
  new MemoryFiles(
    { "judge.json": JSON.stringify({ judge: "gold", scorer: declaration.name, parameters, inputs: [] }) },
    { "": declaration.plugins.judge?.plugin as PluginDeclaration },
  )

export const goldJudge = judgeFiles(vader)

/** A judge that has learned nothing: a policy's body under random scores. */
export const tinyProxyFiles = async (seed: number): Promise<MemoryFiles> => {
  const output = new MemoryFiles({}, { "": preferenceModelScorer })
  const policy = tinyPolicy(seed)
  const score = normals(seed, "score", 0, new Float32Array(policy.configuration.width))
  await writePreferenceModel(output, { form: "pairwise", ...policy, parameters: { ...policy.parameters, "score.weight": score } })
  await describeJudge(output, { judge: "proxy", scorer: "preference-model", labels: {} })
  return output
}
