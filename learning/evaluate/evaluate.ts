import type { FilesInput, Run } from "assay"
import { permutation } from "../../engine/random/philox.ts"
import { type Decoded, Decoder } from "../decode/decoder.ts"
import { DrawTruncationCount } from "../decode/draw-truncation-count.ts"
import { type Judge, printTruncation, type Verdict } from "../judge/judge.ts"
import { readJudge } from "../judge/read.ts"
import type { Configuration } from "../policy/configuration.ts"
import { readCheckpoint, readCheckpoints } from "../policy/files.ts"
import { LogProbabilities } from "../policy/log-probabilities.ts"
import type { Sequence } from "../policy/packing.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import { promptsOf, promptTokens, responseText } from "../policy/text.ts"
import { Classifier } from "./classifier.ts"
import { readContestants } from "./contestants.ts"
import { type Divergence, Divergences } from "./divergences.ts"
import type { evaluate } from "./evaluate.stage.ts"
import { givenPairs } from "./given-pairs.ts"
import { summarise } from "./summarise.ts"
import { responseWords, wordsOf } from "./words.ts"

const decodeBatch = 64

export const run: Run<typeof evaluate> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const { count, seed, split, maxNewTokens } = parameters
  const described = await readCheckpoints(inputs.run)
  const { configuration, tokenizer, steps } = described
  const { reference, opponents } = await readContestants(described, inputs.reference, inputs.opponent)
  const judgeIn = async (input: FilesInput | undefined) => (input === undefined ? undefined : readJudge(input, engine))
  const gold = await readJudge(inputs.judge, engine)
  const scorers = { truth: await judgeIn(inputs.truth), independent: await judgeIn(inputs.independent) }
  const known = inputs.text === undefined ? undefined : new Set((await inputs.text.read()).flatMap(({ text }) => wordsOf(text)))

  const all = await promptsOf(inputs.prompts, split)
  const prompts = [...permutation(all.length, seed, "evaluated prompts").subarray(0, count)]
    .map((index) => all[index] as (typeof all)[number])
    .map(({ prompt_id, prompt }) => ({ prompt_id, prompt, tokens: promptTokens(tokenizer, prompt) }))
  const requests = prompts.map(({ tokens }, stream) => ({ prompt: tokens, stream }))
  /** Someone who answers the prompts; the purpose names the random numbers. */
  const player = (of: Configuration, purpose: string) => {
    const { endOfText } = tokenizer
    const decoder = new Decoder({
      configuration: of,
      endOfText,
      batchSize: decodeBatch,
      maxNewTokens,
      temperature: 1,
      purpose,
      seed,
      engine,
    })
    const cut = new DrawTruncationCount({ context: of.context, maxNewTokens })
    const answer = async (policy: WeightsByName): Promise<ReadonlyArray<Answer>> =>
      (await decoder.decode(policy, requests)).map((decoded) => {
        cut.add(decoded)
        const { prompt, promptCut, tokens, finish } = decoded
        return { text: responseText(tokenizer, tokens), finish, promptCut, sequence: { prompt, response: tokens } }
      })
    return { answer, cut }
  }
  const judgedBy = (judge: Judge, first: ReadonlyArray<Answer>, second: ReadonlyArray<Answer>): Promise<ReadonlyArray<Verdict>> =>
    judge.compare(prompts.map(({ prompt }, index) => ({ prompt, first: first[index]?.text ?? "", second: second[index]?.text ?? "" })))
  const scoresBy = async (judge: Judge | undefined, answers: ReadonlyArray<Answer>): Promise<ReadonlyArray<number | null>> => {
    const verdicts = judge === undefined ? [] : await judgedBy(judge, answers, answers)
    return answers.map((_, index) => verdicts[index]?.scores?.[0] ?? null)
  }

  const opposing = []
  for (const { name, configuration: shape, parameters: weights } of opponents) {
    const { answer, cut } = player(shape, "opponent")
    opposing.push({ name, answers: await answer(weights) })
    cut.print(`the opponent ${name}`)
  }
  const { answer, cut } = player(configuration, "policy")
  const { answer: answerAgain } = player(configuration, "policy, again")
  const divergences = new Divergences(configuration, reference.parameters, engine)
  const classifier = new Classifier(new LogProbabilities(configuration, engine), reference.parameters)
  for (const { path, input } of inputs.preferences) {
    const name = path.length === 0 ? "preferences" : path.join(" ")
    const given = { gold, tokenizer, context: configuration.context, count, seed }
    await classifier.give(name, await givenPairs(name, await input.read(), given))
  }

  for (const [done, step] of steps.entries()) {
    const policy = await readCheckpoint(inputs.run, configuration, step)
    const own = await answer(policy)
    const found = await divergences.of(
      policy,
      own.map(({ sequence }) => sequence),
    )
    const [truth, independent] = [await scoresBy(scorers.truth, own), await scoresBy(scorers.independent, own)]
    for (const { name, answers } of opposing) {
      const verdicts = await judgedBy(gold, own, answers)
      const rows = prompts.map(({ prompt_id, prompt }, index) => {
        const { text, finish, promptCut, sequence } = own[index] as Answer
        const { outcome, scores } = verdicts[index] as Verdict
        const { kl, ratio, k3, reference: logp_reference } = found[index] as Divergence
        const words = responseWords(prompt, text)
        const theirs = answers[index] as Answer
        return {
          step,
          against: name,
          prompt_id,
          prompt,
          response: text,
          token_ids: sequence.response,
          opponent: theirs.text,
          outcome,
          score: scores?.[0] ?? null,
          truth: truth[index] ?? null,
          independent: independent[index] ?? null,
          kl,
          k1: ratio,
          k3,
          logp_reference,
          tokens: sequence.response.length,
          truncated_prompt_tokens: promptCut,
          opponent_tokens: theirs.sequence.response.length,
          words: words.length,
          non_words: known === undefined ? null : words.filter((word) => !known.has(word)).length,
          finish_reason: finish,
        }
      })
      await outputs.evaluation.append(rows)
      const summary = await summarise(
        rows,
        prompts.map(({ prompt }) => prompt),
        gold,
      )
      await outputs.summary.append([summary])
    }

    const again = await answerAgain(policy)
    const samples = (await judgedBy(gold, own, again)).flatMap(({ outcome }, index) => {
      if (outcome === 0.5) return []
      const [first, second] = [(own[index] as Answer).sequence, (again[index] as Answer).sequence]
      const [chosen, rejected] = outcome === 1 ? [first, second] : [second, first]
      return [{ pair_id: (prompts[index] as (typeof prompts)[number]).prompt_id, chosen, rejected }]
    })
    const classified = await classifier.classify(policy, samples)
    await outputs.classification.append(classified.map((row) => ({ step, ...row })))
    progress(done + 1, steps.length)
  }
  cut.print("the policy")
  for (const judge of [gold, ...Object.values(scorers)]) if (judge !== undefined) printTruncation(judge)
}

/** A response of a player. */
interface Answer {
  readonly text: string
  readonly finish: Decoded["finish"]
  readonly promptCut: number
  readonly sequence: Sequence
}
