import type { Declaration } from "../../dsl/declaration.ts"
import type { SettingsShape } from "../settings.ts"

/** What a stage has of a machine while it computes. */
export interface Allocation {
  readonly threads: number
  readonly memory: number
}

/**
 * The threads of a machine, and its memory as far as stages declare it. Never more is allocated
 * than there is.
 */
export interface Resources {
  /** Whether any stage at all could start. */
  readonly isAnyFree: () => boolean
  /**
   * Allocates to a stage the memory that it needs, and of the free threads that it can use its
   * share among the `waiting` stages, itself one of them. Undefined, and nothing is allocated, if
   * no thread is free or too little memory.
   */
  readonly allocate: (declaration: Pick<Declaration, "threads" | "memory">, waiting: number) => Allocation | undefined
  readonly release: (allocation: Allocation) => void
}

export const resources = ({ threads, memory }: Pick<SettingsShape, "threads" | "memory">): Resources => {
  let free: Allocation = { threads, memory }
  return {
    isAnyFree: () => free.threads > 0,
    allocate: (declaration, waiting) => {
      // Small models gain little from a second thread: two of them side by side get further than
      // one after the other.
      const share = Math.max(1, Math.floor(free.threads / waiting))
      // A stage may compute with fewer threads than it could use, but not with less memory than it
      // needs: one that needs more than there is fails before it runs.
      const allocation = { threads: Math.min(declaration.threads, share), memory: Math.min(declaration.memory, memory) }
      if (allocation.threads > free.threads || allocation.memory > free.memory) return undefined
      free = { threads: free.threads - allocation.threads, memory: free.memory - allocation.memory }
      return allocation
    },
    release: (allocation) => {
      free = { threads: free.threads + allocation.threads, memory: free.memory + allocation.memory }
    },
  }
}
