import type { Declaration } from "../../dsl/declaration.ts"
import type { SettingsShape } from "../settings.ts"

/** What stages take of a machine while they compute: threads, and memory as far as they declare it. Never more is lent than there is. */
export interface Resources {
  /** Whether any stage at all could start. */
  readonly isAnyFree: () => boolean
  /** Takes what the stage needs; false, and nothing is taken, if that is not free. */
  readonly take: (declaration: Declaration) => boolean
  readonly giveBack: (declaration: Declaration) => void
}

export const resources = ({ threads, memory }: Pick<SettingsShape, "threads" | "memory">): Resources => {
  let free = { threads, memory }
  // A stage may compute with fewer threads than it could use, but not with less memory than it needs: one that needs more than there is fails before it runs.
  const needs = (declaration: Declaration) => ({
    threads: Math.min(declaration.threads, threads),
    memory: Math.min(declaration.memory, memory),
  })
  return {
    isAnyFree: () => free.threads > 0,
    take: (declaration) => {
      const wanted = needs(declaration)
      if (wanted.threads > free.threads || wanted.memory > free.memory) return false
      free = { threads: free.threads - wanted.threads, memory: free.memory - wanted.memory }
      return true
    },
    giveBack: (declaration) => {
      const had = needs(declaration)
      free = { threads: free.threads + had.threads, memory: free.memory + had.memory }
    },
  }
}
