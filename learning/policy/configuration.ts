/** Shape of a GPT-2. `context` is the longest sequence in tokens, `vocabulary` the number of tokens. */
export interface Configuration {
  readonly vocabulary: number
  readonly context: number
  readonly width: number
  readonly layers: number
  readonly heads: number
}

export const sizes = {
  small: { width: 64, layers: 2, heads: 2 },
  medium: { width: 128, layers: 4, heads: 4 },
  large: { width: 256, layers: 6, heads: 8 },
} as const satisfies Record<string, Omit<Configuration, "vocabulary" | "context">>

export type Size = keyof typeof sizes
