import type { Run, TableInput } from "assay"
import type { text } from "../../data/schema/index.ts"
import { type Judge, printTruncation } from "../judge/judge.ts"
import { readCheckpoint, readCheckpoints } from "../policy/files.ts"
import { LogProbabilities } from "../policy/log-probabilities.ts"
import { Classifier } from "./classifier.ts"
import { readContestants } from "./contestants.ts"
import { Divergences } from "./divergences.ts"
import type { evaluate } from "./evaluate.stage.ts"
import { measureResponses, type OpposingAnswers, toEvaluationRows } from "./evaluation-rows.ts"
import { type GivenPair, orderGivenPairs } from "./given-pairs.ts"
import { compareAnswers, readJudges } from "./judges.ts"
import { type Answer, Player } from "./player.ts"
import { drawPrompts, type EvaluatedPrompt } from "./prompts.ts"
import { summarise } from "./summarise.ts"
import { wordsOf } from "./words.ts"

export const run: Run<typeof evaluate> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const { count, seed, maxNewTokens } = parameters
  const trained = await readCheckpoints(inputs.run)
  const { configuration, tokenizer, steps } = trained
  const { reference, opponents } = await readContestants(trained, inputs.reference, inputs.opponent)
  const judges = await readJudges(inputs, engine)
  const vocabulary = await readVocabulary(inputs.text)
  const prompts = await drawPrompts(inputs.prompts, tokenizer, parameters)

  const playing = { tokenizer, prompts, maxNewTokens, seed, engine }
  const opposing: Array<OpposingAnswers> = []
  for (const opponent of opponents) {
    const player = new Player({ ...playing, configuration: opponent.configuration, purpose: "opponent" })
    opposing.push({ name: opponent.name, answers: await player.answer(opponent.parameters) })
    player.printCut(`the opponent ${opponent.name}`)
  }
  const player = new Player({ ...playing, configuration, purpose: "policy" })
  const secondPlayer = new Player({ ...playing, configuration, purpose: "policy, again" })

  const divergences = new Divergences(configuration, reference.parameters, engine)
  const classifier = new Classifier(new LogProbabilities(configuration, engine), reference.parameters)
  const given = { gold: judges.gold, tokenizer, context: configuration.context, count, seed }
  for (const { path, input } of inputs.preferences) {
    const name = path.length === 0 ? "preferences" : path.join(" ")
    await classifier.addPairs(name, await orderGivenPairs(name, await input.read(), given))
  }

  for (const [done, step] of steps.entries()) {
    const policy = await readCheckpoint(inputs.run, configuration, step)
    const answers = await player.answer(policy)
    const responses = await measureResponses(policy, answers, { prompts, divergences, judges, vocabulary })
    for (const opponent of opposing) {
      const verdicts = await compareAnswers(judges.gold, prompts, answers, opponent.answers)
      const rows = toEvaluationRows(step, responses, opponent, verdicts)
      await outputs.evaluation.append(rows)
      await outputs.summary.append([await summarise(rows, promptTexts(prompts), judges.gold)])
    }
    const samples = await orderOwnSamples(judges.gold, prompts, answers, await secondPlayer.answer(policy))
    const classified = await classifier.classify(policy, samples)
    await outputs.classification.append(classified.map((row) => ({ step, ...row })))
    progress(done + 1, steps.length)
  }

  player.printCut("the policy")
  for (const judge of Object.values(judges)) if (judge !== undefined) printTruncation(judge)
}

/** The words of the task's text; undefined where no text is wired. */
const readVocabulary = async (input: TableInput<typeof text> | undefined): Promise<ReadonlySet<string> | undefined> =>
  input === undefined ? undefined : new Set((await input.read()).flatMap((row) => wordsOf(row.text)))

const promptTexts = (prompts: ReadonlyArray<EvaluatedPrompt>): ReadonlyArray<string> => prompts.map(({ prompt }) => prompt)

/** Pairs of two answers of the policy itself to each prompt, ordered by gold; ties are left out. */
const orderOwnSamples = async (
  gold: Judge,
  prompts: ReadonlyArray<EvaluatedPrompt>,
  answers: ReadonlyArray<Answer>,
  secondAnswers: ReadonlyArray<Answer>,
): Promise<ReadonlyArray<GivenPair>> =>
  (await compareAnswers(gold, prompts, answers, secondAnswers)).flatMap(({ outcome }, index) => {
    if (outcome === 0.5) return []
    const [first, second] = [(answers[index] as Answer).sequence, (secondAnswers[index] as Answer).sequence]
    const [chosen, rejected] = outcome === 1 ? [first, second] : [second, first]
    return [{ pair_id: (prompts[index] as EvaluatedPrompt).prompt_id, chosen, rejected }]
  })
