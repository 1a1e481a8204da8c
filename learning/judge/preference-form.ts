/**
 * How a model reads two responses. "pairwise" is r(x, y₁, y₂), the log-odds that y₁ is better than
 * y₂, from both in one context: `<|endoftext|> x y₁ <|endoftext|> y₂ <|endoftext|>`. "pointwise" is
 * a reward r(x, y), from `<|endoftext|> x y <|endoftext|>`, and the log-odds are the difference of
 * two (Bradley and Terry 1952).
 */
export const preferenceForms = ["pairwise", "pointwise"] as const
export type PreferenceForm = (typeof preferenceForms)[number]
