import type { Declaration } from "../../dsl/declaration.ts"
import type { SettingsShape } from "../settings.ts"

/** What a stage has of a machine while it computes. */
export interface Lent {
  readonly threads: number
  readonly memory: number
}

/** What there is to lend: threads, and memory as far as stages declare it. Never more is lent than there is. */
export interface Resources {
  /** Whether any stage at all could start. */
  readonly isAnyFree: () => boolean
  /**
   * Lends a stage the memory that it needs, and of the threads that it can use its share of those that are free, where so many want to
   * start, itself among them. Undefined, and nothing is lent, if there is no thread or too little memory.
   */
  readonly take: (declaration: Pick<Declaration, "threads" | "memory">, waiting: number) => Lent | undefined
  readonly giveBack: (lent: Lent) => void
}

export const resources = ({ threads, memory }: Pick<SettingsShape, "threads" | "memory">): Resources => {
  let free: Lent = { threads, memory }
  return {
    isAnyFree: () => free.threads > 0,
    take: (declaration, waiting) => {
      // Small models gain little from a second thread: two of them side by side get further than one after the other.
      const share = Math.max(1, Math.floor(free.threads / waiting))
      // A stage may compute with fewer threads than it could use, but not with less memory than it needs: one that needs more than there is fails before it runs.
      const lent = { threads: Math.min(declaration.threads, share), memory: Math.min(declaration.memory, memory) }
      if (lent.threads > free.threads || lent.memory > free.memory) return undefined
      free = { threads: free.threads - lent.threads, memory: free.memory - lent.memory }
      return lent
    },
    giveBack: (lent) => {
      free = { threads: free.threads + lent.threads, memory: free.memory + lent.memory }
    },
  }
}
