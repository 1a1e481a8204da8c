/**
 * For how long files have been seen unchanged, in seconds, by a clock that is never set
 * (`performance.now`): what their dates say may come from a clock that was.
 */
export interface Unchanged {
  /** `state` tells one state of the file from another. */
  readonly secondsOf: (file: string, state: string) => number
  readonly forget: (file: string) => void
}

export const unchanged = (): Unchanged => {
  const watched = new Map<string, { readonly state: string; readonly since: number }>()
  return {
    secondsOf: (file, state) => {
      const before = watched.get(file)
      if (before?.state === state) return (performance.now() - before.since) / 1000
      watched.set(file, { state, since: performance.now() })
      return 0
    },
    forget: (file) => void watched.delete(file),
  }
}
