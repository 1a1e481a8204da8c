import model from "wink-eng-lite-web-model"
import winkNLP from "wink-nlp"
import type { Scorer } from "../scorer.ts"
import type { winkSentiment } from "./sentiment.stage.ts"

const nlp = winkNLP(model, ["sbd", "negation", "sentiment"])

export const run: Scorer<typeof winkSentiment> = () => ({
  keeps: "nothing",
  score: (responses) => responses.map(({ prompt, response }) => sentimentOf(prompt + response)),
})

const sentimentOf = (text: string): number => nlp.readDoc(text).out(nlp.its.sentiment as never) as unknown as number
