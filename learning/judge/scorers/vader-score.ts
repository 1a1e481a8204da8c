import vader from "vader-sentiment"

/**
 * The gold score of the sentiment task: VADER's compound valence of a text, in [−1, 1], a multiple
 * of 10⁻⁴. Positive is positive; exactly 0 where no word is in its lexicon of human ratings.
 * Depends on the text alone. Source: Hutto and Gilbert 2014, "VADER: A Parsimonious Rule-based
 * Model for Sentiment Analysis of Social Media Text".
 */
export const score = (text: string): number => vader.SentimentIntensityAnalyzer.polarity_scores(text).compound

/**
 * VADER's sum of valences over the number of words, so that length alone gains nothing. The
 * compound score is x/√(x² + 15) of that sum x (Hutto and Gilbert's normalisation), rounded to
 * 10⁻⁴; x is taken from it, so sums above 100 are not told apart.
 */
export const valencePerWord = (text: string): number => {
  const compound = Math.max(-highest, Math.min(highest, score(text)))
  const words = text.split(/\s+/).filter((word) => word !== "").length
  return words === 0 ? 0 : (compound * Math.sqrt(15 / (1 - compound * compound))) / words
}

/** The compound score of a sum of about 100. */
const highest = 0.99925
