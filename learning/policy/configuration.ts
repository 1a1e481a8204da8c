/**
 * Shape of a GPT-2. `context` is the longest sequence in tokens, `vocabulary` the number of logits.
 */
export interface Configuration {
  readonly vocabulary: number
  /**
   * Tokens that the tokenizer knows, where that is fewer than `vocabulary`: what follows is
   * padding, as models are given so that sizes divide well. A padded token is never drawn. It stays
   * in the normaliser of every log-probability, as in `transformers` and TRL, so that these are the
   * same numbers there.
   */
  readonly tokens?: number
  readonly context: number
  readonly width: number
  readonly layers: number
  readonly heads: number
}

/** The sizes of policy that `sft` and `preferenceModel` can train from nothing. */
export const sizes = {
  small: { width: 64, layers: 2, heads: 2 },
  medium: { width: 128, layers: 4, heads: 4 },
  large: { width: 256, layers: 6, heads: 8 },
} as const satisfies Record<string, Omit<Configuration, "vocabulary" | "context">>

export type Size = keyof typeof sizes
