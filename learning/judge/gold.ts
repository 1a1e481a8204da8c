import { type FilesInput, StageError } from "assay"
import { match, P } from "ts-pattern"
import type { EngineSetting } from "../../engine/index.ts"
import { annotatorsScorer } from "./annotators-scorer.ts"
import type { Judge } from "./judge.ts"
import { featuresOf, readLinear, scoreOf } from "./linear/index.ts"
import { memoizeScores } from "./memoize-scores.ts"
import { preferenceModelJudge, readPreferenceModel } from "./preference-model.ts"
import { score as vader, valencePerWord } from "./vader.ts"
import { sigmoid, toVerdict } from "./verdict.ts"

/** A judge that stands for the human. */
export interface GoldJudge extends Judge {
  readonly source: "gold"
}

/** The file that names a gold judge's scorer. */
export const goldFile = "judge.json"

const scorers = ["vader", "valence-per-word", "wink", "linear", "annotators", "preference-model"]

/**
 * Reads `judge.json` and what it names. Throws a StageError `UnknownScorer` where it names none
 * that there is, `JudgeFiles` where what it needs is missing.
 */
export const readGoldJudge = async (input: FilesInput, engine: EngineSetting): Promise<GoldJudge> => {
  const description = parseJson(new TextDecoder().decode(await input.read(goldFile)))
  const judge = await match(description)
    .returnType<Promise<Pick<Judge, "compare" | "context">>>()
    .with({ scorer: "vader" }, async () => compareByScore((prompt, response) => vader(prompt + response)))
    .with({ scorer: "valence-per-word" }, async () => compareByScore((prompt, response) => valencePerWord(prompt + response)))
    // Imported lazily: its model takes a moment to load.
    .with({ scorer: "wink" }, async () => compareByScore((await import("./wink.ts")).score))
    .with({ scorer: "linear", features: P.union("bag", "answer") }, async ({ features }) => {
      const model = await readLinear(input)
      return compareByScore((prompt, response) => scoreOf(model, featuresOf(features, prompt, response)), sigmoid)
    })
    .with({ scorer: "annotators", annotators: P.number, seed: P.number, standIns: P.record(P.string, P.string) }, async (own) => ({
      compare: await annotatorsScorer(input, own),
    }))
    .with({ scorer: "preference-model" }, async () => preferenceModelJudge(await readPreferenceModel(input), engine))
    .otherwise(() => {
      const named = JSON.stringify((description as { readonly scorer?: unknown } | null)?.scorer)
      throw new StageError(
        "UnknownScorer",
        `${goldFile}: the scorer ${named} is unknown as it is described; known are ${scorers.join(", ")}`,
      )
    })
  return { source: "gold", key: input.digest, ...judge }
}

/**
 * Scores each response once, however many pairs it is in: VADER takes 0.1 ms a text, and of four
 * responses to a prompt there are six pairs.
 */
const compareByScore = (
  score: (prompt: string, response: string) => number,
  probability?: (difference: number) => number,
): Pick<Judge, "compare"> => {
  const once = memoizeScores(score)
  return {
    compare: async (pairs) => pairs.map(({ prompt, first, second }) => toVerdict(once(prompt, first), once(prompt, second), probability)),
  }
}

/** Undefined if the content is not JSON. */
const parseJson = (content: string): unknown => {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
