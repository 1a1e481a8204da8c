import { type Row, type Run, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import type { Verdict } from "../judge/judge.ts"
import { proxyJudge, readPreferenceModel } from "../judge/preference-model.ts"
import { readPolicy } from "../policy/files.ts"
import { promptsOf, promptTokens, responseText } from "../policy/text.ts"
import { Decoder } from "../sample/decoder.ts"
import { epochs } from "./epochs.ts"
import type { optimizeOnline } from "./optimize-online.stage.ts"
import { PreferenceLearner } from "./preference-learner.ts"
import { Recorder } from "./recorder.ts"
import { warmupConstant } from "./schedule.ts"

type Preference = Row<typeof preferences>

/** Steps whose pairs are written to the stream together. */
const portion = 25

export const run: Run<typeof optimizeOnline> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const { loss, steps, seed, batch, learningRate, checkpoints, longest } = parameters
  const reference = await readPolicy(inputs.reference)
  const { configuration, tokenizer } = reference
  const judge = proxyJudge(await readPreferenceModel(inputs.judge), inputs.judge.digest, engine)
  const prompts = (await promptsOf(inputs.prompts, "train")).map(({ prompt }) => ({
    text: prompt,
    tokens: promptTokens(tokenizer, prompt),
  }))
  if (prompts.length < batch)
    throw new StageError("TooLittleData", `there are ${prompts.length} prompts, and a batch takes ${batch}; use a smaller batch`)
  const decoder = new Decoder({
    configuration,
    endOfText: tokenizer.endOfText,
    batch: 2 * batch,
    longest,
    temperature: 1,
    purpose: "online",
    seed,
    engine,
  })
  const learner = new PreferenceLearner(configuration, reference.parameters, loss, engine)
  const recorder = new Recorder(outputs, { policy: reference, steps, checkpoints, progress })

  let stream: Array<Preference> = []
  for (const indices of epochs(prompts.length, { batch, steps, seed })) {
    const step = learner.steps + 1
    const asked = indices.map((index) => prompts[index] as (typeof prompts)[number])
    const drawn = await decoder.decode(
      learner.parameters,
      asked.flatMap(({ tokens }, place) => [0, 1].map((which) => ({ prompt: tokens, stream: 2 * ((step - 1) * batch + place) + which }))),
    )
    const responses = drawn.map(({ tokens }) => ({ tokens, text: responseText(tokenizer, tokens) }))
    const candidates = asked.map(({ text, tokens }, place) => ({
      prompt: text,
      promptTokens: tokens,
      first: responses[2 * place] as (typeof responses)[number],
      second: responses[2 * place + 1] as (typeof responses)[number],
    }))
    const verdicts = await judge.compare(
      candidates.map(({ prompt, first, second }) => ({ prompt, first: first.text, second: second.text })),
    )
    const rows = candidates.map(({ prompt, first, second }, position): Preference => {
      const { outcome, probability } = verdicts[position] as Verdict
      const [chosen, rejected] = outcome === 0 ? [second, first] : [first, second]
      return {
        pair_id: (step - 1) * batch + position,
        prompt,
        chosen: chosen.text,
        rejected: rejected.text,
        chosen_token_ids: chosen.tokens,
        rejected_token_ids: rejected.tokens,
        score_chosen: null,
        score_rejected: null,
        p_chosen: probability === null ? null : outcome === 0 ? 1 - probability : probability,
        tie: outcome === 0.5,
        source: judge.source,
        judge_key: judge.key,
        // The policy of this step has no artifact of its own.
        policy_key: null,
        step,
        position,
      }
    })
    const pairs = rows.map(({ chosen_token_ids, rejected_token_ids, tie }, position) => ({
      prompt: (candidates[position] as (typeof candidates)[number]).promptTokens,
      chosen: chosen_token_ids,
      rejected: rejected_token_ids,
      weight: tie ? 0 : 1,
    }))
    const report = await learner.step(pairs, warmupConstant(step, steps, learningRate))
    stream.push(...rows)
    if (step % portion === 0 || step === steps) {
      await outputs.stream.append(stream)
      stream = []
    }
    await recorder.step(learner, { ...report, ties: rows.filter(({ tie }) => tie).length / batch })
  }
}
