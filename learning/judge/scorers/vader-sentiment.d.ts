/** The package ships no types. */
declare module "vader-sentiment" {
  interface Scores {
    readonly neg: number
    readonly neu: number
    readonly pos: number
    readonly compound: number
  }
  /** A CommonJS package: everything is on the default import. */
  const vader: { readonly SentimentIntensityAnalyzer: { readonly polarity_scores: (text: string) => Scores } }
  export default vader
}
