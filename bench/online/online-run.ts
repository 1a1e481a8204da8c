/** A run of online training as one process measures it. */
export interface OnlineRun {
  /** The folder of the policy, as it was exported. */
  readonly policy: string
  /** A `Prompts` table, as Parquet. */
  readonly prompts: string
  readonly steps: number
  /** Prompts per step; each has two responses. */
  readonly batch: number
  /** The longest response, in tokens. */
  readonly tokens: number
  readonly threads: number
  /** Whether the judge breaks ties by a checksum. */
  readonly untied: boolean
}

/** What one side has measured: the median of its steps after those that warm up. */
export interface OnlineMeasured {
  readonly milliseconds: number
  /** The same of CPU milliseconds of all threads, which a busy machine changes less. */
  readonly processor?: number
  /** The share of pairs that the judge ties. */
  readonly ties?: number
}
