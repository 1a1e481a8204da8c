import type { Scorer } from "../scorer.ts"
import type { valencePerWord } from "./sentiment.stage.ts"
import { valencePerWord as score } from "./vader-score.ts"

export const run: Scorer<typeof valencePerWord> = () => ({
  keeps: "nothing",
  score: (responses) => responses.map(({ prompt, response }) => score(prompt + response)),
})
