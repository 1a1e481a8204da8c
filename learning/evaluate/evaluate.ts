import type { Run, TableInput } from "assay"
import type { text } from "../../data/schema/index.ts"
import { mean } from "../analyse/statistics/mean.ts"
import type { Judge } from "../judge/judge.ts"
import { readCheckpoint, readCheckpoints } from "../policy/files.ts"
import { LogProbabilities } from "../policy/log-probabilities.ts"
import { Classifier } from "./classifier.ts"
import { readContestants } from "./contestants.ts"
import { Divergences } from "./divergences.ts"
import type { evaluate } from "./evaluate.stage.ts"
import { compareResponses, measureResponses } from "./evaluation-rows.ts"
import { type GivenPair, orderGivenPairs } from "./given-pairs.ts"
import { printAllOmissions, readJudges } from "./judges.ts"
import { checkOpponentNames } from "./opponent-names.ts"
import { gatherOppositions } from "./oppositions.ts"
import { findBracketing } from "./pilot.ts"
import { type Answer, Player } from "./player.ts"
import { drawPrompts } from "./prompts.ts"
import { readStoredAnswers } from "./stored-answers.ts"
import { summarise } from "./summarise.ts"
import { wordsOf } from "./words.ts"

export const run: Run<typeof evaluate> = async ({ inputs, parameters, outputs, engine, answers: kept, progress }) => {
  const { count, perPrompt, seed, maxNewTokens } = parameters
  const trained = await readCheckpoints(inputs.run)
  const { configuration, tokenizer } = trained
  const { reference, opponents } = await readContestants(trained, inputs.reference, inputs.opponent)
  const stored = await readStoredAnswers(inputs.answers, { tokenizer, maxNewTokens, referenceDigest: inputs.reference.digest })
  checkOpponentNames([...opponents, ...stored].map(({ name }) => name))
  const judges = await readJudges(inputs, engine)
  const vocabulary = await readVocabulary(inputs.text)
  const prompts = await drawPrompts(inputs.prompts, tokenizer, { ...parameters, stored })

  const playing = { tokenizer, prompts, maxNewTokens, seed, engine, answers: kept }
  const oppositions = await gatherOppositions(opponents, stored, { ...playing, judge: judges.gold })
  const player = new Player({ ...playing, configuration, purpose: "policy" })
  const secondPlayer = new Player({ ...playing, configuration, purpose: "policy, again" })

  const divergences = new Divergences(configuration, reference, engine)
  const read = async (step: number) => ({
    key: `${inputs.run.digest} checkpoint-${step}`,
    parameters: await readCheckpoint(inputs.run, trained, step),
  })
  const { checkpoints, pairs = count } = parameters
  const pilots = checkpoints === "all" ? 0 : trained.steps.length
  // A pilot draws other responses than those that are evaluated: its choice favours none of them.
  const steps =
    checkpoints === "all"
      ? trained.steps
      : await findBracketing(trained.steps, checkpoints, {
          player: secondPlayer,
          divergences,
          read,
          onMeasured: (done, { kl }) => progress(done, 2 * pilots, { kl }),
        })

  const classifier = new Classifier(new LogProbabilities(configuration, engine), {
    logProbabilities: new LogProbabilities(reference.configuration, engine),
    parameters: reference.parameters,
  })
  const given = { gold: judges.gold, tokenizer, context: configuration.context, count: pairs, seed }
  for (const { path, input } of inputs.preferences) {
    const name = path.length === 0 ? "preferences" : path.join(" ")
    await classifier.addPairs(name, await orderGivenPairs(name, await input.read(), given))
  }

  for (const [done, step] of steps.entries()) {
    const policy = await read(step)
    const answers = await player.answer(policy, { perPrompt })
    const responses = await measureResponses(policy.parameters, answers, { divergences, judges, vocabulary })
    for (const opposition of oppositions) {
      const compared = await compareResponses(step, responses, answers, opposition, judges.proxy)
      await outputs.evaluation.append(compared.map(({ row }) => row))
      await outputs.summary.append([await summarise(compared, opposition)])
    }
    const firstAnswers = answers.filter(({ prompt, sample }) => sample === 0 && prompt.rank < pairs)
    const samples = await orderOwnSamples(judges.gold, firstAnswers, await secondPlayer.answer(policy, { limit: pairs }))
    const classified = await classifier.classify(policy.parameters, samples)
    await outputs.classification.append(classified.map((row) => ({ step, ...row })))
    progress(pilots + done + 1, pilots + steps.length, { kl: mean(responses.map(({ kl }) => kl)) })
  }

  player.printCut("the policy")
  printAllOmissions(judges)
}

/** The words of the task's text; undefined where no text is wired. */
const readVocabulary = async (input: TableInput<typeof text> | undefined): Promise<ReadonlySet<string> | undefined> =>
  input === undefined ? undefined : new Set((await input.read()).flatMap((row) => wordsOf(row.text)))

/** Pairs of two answers of the policy itself to each prompt, ordered by gold; ties are left out. */
const orderOwnSamples = async (
  gold: Judge,
  answers: ReadonlyArray<Answer>,
  secondAnswers: ReadonlyArray<Answer>,
): Promise<ReadonlyArray<GivenPair>> => {
  const both = answers.map((answer, index) => [answer, secondAnswers[index] as Answer] as const)
  const verdicts = await gold.compare(
    both.map(([{ prompt, text }, second]) => ({ prompt: prompt.prompt, first: text, second: second.text })),
  )
  return both.flatMap(([first, second], index) => {
    const outcome = verdicts[index]?.outcome
    if (outcome === 0.5) return []
    const [chosen, rejected] = outcome === 1 ? [first, second] : [second, first]
    return [{ pair_id: first.prompt.prompt_id, chosen: chosen.sequence, rejected: rejected.sequence }]
  })
}
