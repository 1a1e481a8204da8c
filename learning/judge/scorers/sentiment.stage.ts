import { GoldJudge } from "../../artifacts.ts"
import { scorer } from "../scorer.ts"

/**
 * VADER's compound valence of prompt and response together, in [−1, 1]: a lexicon of human ratings
 * under rules. Exactly 0 where no word is in the lexicon. Hutto and Gilbert 2014.
 */
export const vader = scorer({ name: "vader", judge: GoldJudge, run: () => import("./vader.ts") })

/**
 * VADER's sum of valences over the number of words of prompt and response, so that length alone
 * gains nothing.
 */
export const valencePerWord = scorer({ name: "valence-per-word", judge: GoldJudge, run: () => import("./valence-per-word.ts") })

/**
 * The sentiment of `wink-nlp` with its light English model, of prompt and response together, from
 * −1 to 1: another lexicon than VADER's, under other rules.
 */
export const winkSentiment = scorer({ name: "wink-sentiment", judge: GoldJudge, run: () => import("./wink.ts") })
