/** What is measured of a pretrained model; the peer does the same work for the same options. */
export interface Work {
  readonly mode: (typeof modes)[number]
  /**
   * Pairs of a step, and prompts that are continued; log-probabilities are those of twice as many.
   */
  readonly batch: number
  /** Tokens of a sequence, and of its prompt. */
  readonly length: number
  readonly prompt: number
  /** Tokens drawn for each prompt. */
  readonly tokens: number
  readonly rank: number
  readonly threads: number
  readonly steps: number
}

/**
 * Log-probabilities of responses; an IPO step of low-rank adapters, and of all weights; and
 * decoding. "shared": the two responses of a pair have one prompt, which is computed once.
 */
export const modes = ["logprob", "logprob-shared", "ipo-lora", "ipo-lora-shared", "ipo", "decode"] as const

/** The mode of the peer, which computes a prompt with each of its responses. */
export const peerMode = (mode: Work["mode"]): string => mode.replace("-shared", "")
