import { describe, expect, test } from "vitest"
import { preferences as preferenceColumns, prompts as promptColumns, text } from "../../../data/schema/index.ts"
import { Divergences } from "../../../learning/evaluate/divergences.ts"
import { score } from "../../../learning/judge/scorers/vader-score.ts"
import { LogProbabilities } from "../../../learning/policy/log-probabilities.ts"
import { promptTokens, responseText, responseTokens } from "../../../learning/policy/text.ts"
import { trainTokenizer } from "../../../learning/tokenizer/train.ts"
import {
  called,
  configuration,
  evaluated,
  moved,
  parameters,
  policyFiles,
  preferences,
  prompts,
  reference,
  run,
  runOf,
  shifted,
  tokenizer,
} from "../support/evaluated.ts"
import { MemoryTable } from "../support/memory.ts"
import { oneThread } from "../support/stage.ts"
import { easyPreferences, goldJudge, promptRows, prompts36, sentences, textRows } from "../support/toy.ts"

const result = await evaluated(run)
const at = (step: number) => ({
  evaluation: result.evaluation.filter((row) => row.step === step),
  classification: result.classification.filter((row) => row.step === step),
})

test("a response has with it all that its log-probability is of: its prompt and its tokens", async () => {
  const { evaluation } = at(30)
  const sequences = evaluation.slice(0, 40).map(({ prompt, token_ids, truncated_prompt_tokens }) => {
    expect(truncated_prompt_tokens).toBe(0)
    return { prompt: promptTokens(tokenizer, prompt), response: token_ids }
  })
  const logp = await new LogProbabilities(configuration, oneThread).of(parameters, sequences)
  for (const [index, { prompt, prompt_id, response, token_ids, tokens, logp_reference }] of evaluation.slice(0, 40).entries()) {
    expect(logp_reference).toBeCloseTo(logp[index] as number, 4)
    expect(prompt).toBe(prompts36[prompt_id % 100])
    expect(response).toBe(responseText(tokenizer, token_ids))
    expect(tokens).toBe(token_ids.length)
  }
})

describe("the log-ratios of a response's tokens", () => {
  test("are one for each token, and their sum is k1", () => {
    for (const { token_ids, token_log_ratios, k1 } of result.evaluation) {
      expect(token_log_ratios).toHaveLength(token_ids.length)
      expect(token_log_ratios.reduce((sum, ratio) => sum + ratio, 0)).toBe(k1)
    }
  })

  test("are log-probabilities under the policy less those under the reference: with the latter, they sum to the former", async () => {
    const { evaluation } = at(30)
    const sequences = evaluation.map(({ prompt, token_ids }) => ({ prompt: promptTokens(tokenizer, prompt), response: token_ids }))
    const logp = await new LogProbabilities(configuration, oneThread).of(moved, sequences)
    for (const [index, { token_log_ratios, logp_reference }] of evaluation.entries())
      expect(token_log_ratios.reduce((sum, ratio) => sum + ratio, logp_reference)).toBeCloseTo(logp[index] as number, 3)
  })

  test("are all 0 of a policy that is its reference, and not of another", () => {
    expect(at(4).evaluation.every(({ token_log_ratios }) => token_log_ratios.every((ratio) => ratio === 0))).toBe(true)
    expect(at(30).evaluation.every(({ token_log_ratios }) => token_log_ratios.some((ratio) => ratio !== 0))).toBe(true)
  })
})

describe("a policy that is its own reference and its own opponent", () => {
  const { evaluation, classification } = at(4)

  test("wins every other time", () => {
    const decided = evaluation.filter(({ outcome }) => outcome !== 0.5)
    const won = decided.filter(({ outcome }) => outcome === 1).length
    expect(decided.length).toBeGreaterThan(50)
    // Three standard deviations of a fair coin.
    expect(Math.abs(won - decided.length / 2)).toBeLessThan(1.5 * Math.sqrt(decided.length))
  })

  test("does not play against its own words", () => {
    expect(evaluation.filter(({ response, opponent }) => response !== opponent).length).toBeGreaterThan(150)
  })

  test("is at no distance, and classifies nothing", () => {
    for (const { kl } of evaluation) expect(kl).toBe(0)
    expect(classification.length).toBeGreaterThan(16)
    for (const { margin, correct } of classification) expect({ margin: margin + 0, correct }).toEqual({ margin: 0, correct: null })
  })
})

describe("an evaluation", () => {
  test("has each checkpoint in order of steps, each on the same prompts of the split against the same opponents", () => {
    expect(result.evaluation.map(({ step }) => step)).toEqual([...Array(200).fill(4), ...Array(200).fill(30)])
    const asked = (step: number) => at(step).evaluation.map(({ prompt_id, opponent }) => [prompt_id, opponent])
    expect(asked(30)).toEqual(asked(4))
    expect(new Set(at(4).evaluation.map(({ prompt_id }) => prompt_id)).size).toBe(200)
    for (const { prompt_id } of result.evaluation) expect(prompt_id).toBeGreaterThanOrEqual(100)
  })

  test("has gold's score of the whole text, and who wins by it", async () => {
    const promptOf = new Map((await prompts.read()).map(({ prompt_id, prompt }) => [prompt_id, prompt]))
    for (const { prompt_id, response, opponent, outcome, score: own } of result.evaluation) {
      const [mine, theirs] = [score(`${promptOf.get(prompt_id)}${response}`), score(`${promptOf.get(prompt_id)}${opponent}`)]
      expect(own).toBe(mine)
      expect(outcome).toBe(mine > theirs ? 1 : mine < theirs ? 0 : 0.5)
    }
  })

  test("says how far a checkpoint has moved, and what it makes of given pairs, ties left out", async () => {
    const { evaluation, classification } = at(30)
    for (const { kl } of evaluation) expect(kl).toBeGreaterThan(0)
    const given = (await preferences.read()).filter(({ tie }) => !tie)
    const rows = classification.filter(({ pair_source }) => pair_source === "preferences")
    expect(rows.map(({ pair_id }) => pair_id)).toEqual(given.map(({ pair_id }) => pair_id))
    const divergences = new Divergences(configuration, { configuration, parameters }, oneThread)
    const side = (of: "chosen" | "rejected") =>
      divergences.of(
        moved,
        given.map((pair) => ({ prompt: promptTokens(tokenizer, pair.prompt), response: responseTokens(tokenizer, pair[of]) })),
      )
    const [chosen, rejected] = [await side("chosen"), await side("rejected")]
    for (const [index, { margin, correct }] of rows.entries()) {
      expect(margin).toBeCloseTo((chosen[index]?.ratio as number) - (rejected[index]?.ratio as number), 4)
      expect(correct).toBe(margin > 0)
    }
  })

  test("takes the same prompts and draws the same responses in every run that it is given", async () => {
    const alone = await evaluated(await runOf({ 30: moved, 100: shifted(0.05) }))
    expect(alone.evaluation.filter(({ step }) => step === 30)).toEqual(at(30).evaluation)
  })

  test("is the same twice for one seed, and on other prompts for another", async () => {
    const few = { count: 20 }
    const [one, again, other] = [await evaluated(run, few), await evaluated(run, few), await evaluated(run, { ...few, seed: 1 })]
    for (const output of ["evaluation", "classification"] as const) expect(again.outputs[output].digest).toBe(one.outputs[output].digest)
    expect(other.evaluation.map(({ prompt_id }) => prompt_id)).not.toEqual(one.evaluation.map(({ prompt_id }) => prompt_id))
  })

  test("takes all prompts where there are fewer than asked for, and is refused where there are none", async () => {
    expect((await evaluated(run, { split: "train" })).evaluation).toHaveLength(2 * 36)
    const none = new MemoryTable(promptColumns, promptRows(prompts36))
    await expect(evaluated(run, { inputs: { prompts: none } })).rejects.toMatchObject({ tag: "NoPrompts" })
  })

  test("can do without preferences", async () => {
    const { classification } = await evaluated(run, { count: 8, inputs: { preferences: [] } })
    expect(classification.filter(({ pair_source }) => pair_source === "preferences")).toEqual([])
  })

  test("is refused where the policies do not speak in the same tokens", async () => {
    const stranger = reference.with({ "tokenizer.json": trainTokenizer(sentences(20), { vocabularySize: 280 }).tokenizer })
    await expect(evaluated(run, { inputs: { opponent: [called("stranger", stranger)] } })).rejects.toMatchObject({
      tag: "NotComparable",
      message: expect.stringContaining("stranger"),
    })
  })

  test("plays several opponents at once, with the very same responses", async () => {
    const other = await policyFiles(shifted(0.05))
    const both = await evaluated(run, { count: 40, inputs: { opponent: [called("golden", other), called("sft", reference)] } })
    const ofStep = both.evaluation.filter(({ step }) => step === 30)
    const [golden, sft] = ["golden", "sft"].map((name) => ofStep.filter(({ against }) => against === name))
    const own = (rows: typeof golden) =>
      rows?.map(({ prompt_id, response, kl, k1, token_log_ratios }) => [prompt_id, response, kl, k1, token_log_ratios])
    expect(own(golden)).toEqual(own(sft))
    expect(golden?.map(({ opponent }) => opponent)).not.toEqual(sft?.map(({ opponent }) => opponent))
    const alone = await evaluated(run, { count: 40 })
    expect(alone.evaluation.filter(({ step }) => step === 30)).toEqual(sft)
    expect(both.summary.map(({ step, against }) => [step, against])).toEqual([
      [4, "golden"],
      [4, "sft"],
      [30, "golden"],
      [30, "sft"],
    ])
  })

  test("is refused where two opponents are called alike", async () => {
    const twice = [called("sft", reference), called("sft", reference)]
    await expect(evaluated(run, { inputs: { opponent: twice } })).rejects.toMatchObject({ tag: "SameName" })
  })

  test("scores responses by the truth and by an independent scorer where they are given", async () => {
    const { evaluation, summary } = await evaluated(run, { count: 20, inputs: { truth: goldJudge } })
    for (const { score: own, truth, independent } of evaluation) expect([truth, independent]).toEqual([own, null])
    for (const row of summary) expect([row.truth, row.independent]).toEqual([row.score, null])
  })

  test("counts the words that are not in the task's text", async () => {
    const some = new MemoryTable(text, textRows(sentences(5)))
    const { evaluation } = await evaluated(run, { count: 40, inputs: { text: some } })
    const known = new Set(sentences(5).flatMap((each) => each.split(" ")))
    for (const { response, non_words } of evaluation) {
      const words = response.trim().split(/\s+/)
      if (/^( [a-z]+)+$/.test(response)) expect(non_words).toBe(words.filter((word) => !known.has(word)).length)
    }
    expect(Math.max(...evaluation.map(({ non_words }) => non_words as number))).toBeGreaterThan(0)
    for (const { non_words } of result.evaluation) expect(non_words).toBeNull()
  })

  test("asks about each table of preferences by its name, and orders by gold what a proxy has labelled", async () => {
    const rows = easyPreferences(12)
    const wrong = rows.map((row) => ({ ...row, chosen: row.rejected, rejected: row.chosen, source: "proxy" }))
    const { classification } = await evaluated(run, {
      count: 20,
      inputs: {
        preferences: [
          called("golden", new MemoryTable(preferenceColumns, rows)),
          called("stream", new MemoryTable(preferenceColumns, wrong)),
        ],
      },
    })
    const of = (name: string) => classification.filter(({ pair_source }) => pair_source === name).map(({ pair_source: _, ...row }) => row)
    expect(of("golden")).toHaveLength(24)
    expect(of("stream")).toEqual(of("golden"))
  })

  test("splits every margin into what happened to the chosen and to the rejected response", () => {
    for (const { margin, chosen_change, rejected_change } of result.classification) expect(margin).toBe(chosen_change - rejected_change)
    expect(at(30).classification.some(({ chosen_change }) => chosen_change !== 0)).toBe(true)
  })

  test("estimates the divergence from its own samples in expectation", () => {
    const { evaluation } = at(30)
    const meanOf = (column: "kl" | "k1" | "k3") => evaluation.reduce((sum, row) => sum + row[column], 0) / evaluation.length
    for (const { k3 } of evaluation) expect(k3).toBeGreaterThanOrEqual(-1e-5)
    // k1 scatters by √(2 KL / n), k3 by much less.
    const kl = meanOf("kl")
    expect(Math.abs(meanOf("k1") - kl)).toBeLessThan(4 * Math.sqrt((2 * kl) / evaluation.length))
    expect(Math.abs(meanOf("k3") / kl - 1)).toBeLessThan(0.5)
  })
})
