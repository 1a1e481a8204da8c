import vader from "vader-sentiment"

/**
 * The gold score of the sentiment task: VADER's compound valence of a text, in [−1, 1], a multiple of 10⁻⁴.
 * Positive is positive; exactly 0 where no word is in its lexicon of human ratings. Depends on the text alone.
 * Source: Hutto and Gilbert 2014, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text".
 */
export const score = (text: string): number => vader.SentimentIntensityAnalyzer.polarity_scores(text).compound
