import model from "wink-eng-lite-web-model"
import winkNLP from "wink-nlp"

const nlp = winkNLP(model, ["sbd", "negation", "sentiment"])

/**
 * The independent score of the sentiment task: the sentiment of `wink-nlp` with its light English
 * model, in [−1, 1], from another lexicon than VADER's and other rules. No judge is trained on it.
 * Depends on the text alone.
 */
export const score = (prompt: string, response: string): number =>
  nlp.readDoc(prompt + response).out(nlp.its.sentiment as never) as unknown as number
