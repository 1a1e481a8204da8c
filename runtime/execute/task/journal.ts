/**
 * A file that holds a part of what a stage wrote to an output; of a table its rows, of files one of
 * them under its name.
 */
export interface Written {
  readonly name: string
  readonly path: string
}

/**
 * What was written to an output, in parts, so that a stage that resumes after a kill can write it
 * once more.
 */
export interface Journal {
  /** From now on parts are kept. Throws if something has been written before. */
  readonly begin: () => void
  /** What has been written since the last cut. */
  readonly cut: () => Promise<ReadonlyArray<Written>>
  /** Writes a part once more. */
  readonly restore: (name: string, path: string) => Promise<void>
}

/** Refuses to begin late: what was written before would be missing after a resume. */
export const refuseLateBegin = (output: string, isWritten: boolean): void => {
  if (isWritten) throw new Error(`output "${output}" was written to before resume.load(): load first`)
}
