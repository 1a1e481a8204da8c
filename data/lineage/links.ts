/** How a row of one table names a row of another that it was made of. */
export interface Link {
  /** Names of the types of the two tables. */
  readonly from: string
  readonly to: string
  /** What the other row is to this one. */
  readonly as: string
  /** The other table's columns, each with the column of this one that has the same value. */
  readonly columns: Readonly<Record<string, string>>
}

/**
 * In the order in which they are followed; a table that was reached through another is not looked
 * up again.
 */
export const links: ReadonlyArray<Link> = [
  { from: "preferences", to: "responses", as: "chosen", columns: { prompt: "prompt", response: "chosen" } },
  { from: "preferences", to: "responses", as: "rejected", columns: { prompt: "prompt", response: "rejected" } },
  { from: "preferences", to: "prompts", as: "prompt", columns: { prompt: "prompt" } },
  { from: "responses", to: "prompts", as: "prompt", columns: { prompt_id: "prompt_id", prompt: "prompt" } },
  { from: "evaluation", to: "prompts", as: "prompt", columns: { prompt_id: "prompt_id" } },
  {
    from: "judgements",
    to: "preferences",
    as: "pair",
    columns: { pair_id: "pair_id", prompt: "prompt", chosen: "chosen", rejected: "rejected" },
  },
  { from: "classification", to: "preferences", as: "pair", columns: { pair_id: "pair_id" } },
]
