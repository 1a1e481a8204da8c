import type { Scorer } from "../scorer.ts"
import type { vader } from "./sentiment.stage.ts"
import { score } from "./vader-score.ts"

export const run: Scorer<typeof vader> = () => ({
  keeps: "nothing",
  score: (responses) => responses.map(({ prompt, response }) => score(prompt + response)),
})
