import type { Declaration } from "../../dsl/declaration.ts"
import type { SettingsShape } from "../settings.ts"

/** What a stage has of a machine while it computes. */
export interface Allocation {
  readonly threads: number
  readonly memory: number
  /** Which GPUs, counted from 0. */
  readonly gpus: ReadonlyArray<number>
}

/**
 * The threads and GPUs of a machine, and its memory as far as stages declare it. Never more is
 * allocated than there is.
 */
export interface Resources {
  /** Whether any stage at all could start. */
  readonly isAnyFree: () => boolean
  /**
   * Allocates to a stage the memory and the GPUs that it needs, and of the free threads that it can
   * use its share among the `waiting` stages, itself one of them; to a user's program all that it
   * declares, because its result may depend on their number. Undefined, and nothing is allocated,
   * if no thread is free or too little of the rest.
   */
  readonly allocate: (declaration: Pick<Declaration, "threads" | "memory" | "gpus" | "command">, waiting: number) => Allocation | undefined
  readonly release: (allocation: Allocation) => void
}

export const resources = ({ threads, memory, gpus }: Pick<SettingsShape, "threads" | "memory" | "gpus">): Resources => {
  let free: Allocation = { threads, memory, gpus: Array.from({ length: gpus }, (_, index) => index) }
  return {
    isAnyFree: () => free.threads > 0,
    allocate: (declaration, waiting) => {
      // Small models gain little from a second thread: two of them side by side get further than
      // one after the other.
      const share = Math.max(1, Math.floor(free.threads / waiting))
      // A stage may compute with fewer threads than it could use, but not with less memory or fewer
      // GPUs than it needs: one that needs more than there is fails before it runs.
      const needed = Math.min(declaration.gpus, gpus)
      const allocation = {
        threads: Math.min(declaration.threads, declaration.command === undefined ? share : threads),
        memory: Math.min(declaration.memory, memory),
        gpus: free.gpus.slice(0, needed),
      }
      if (allocation.threads > free.threads || allocation.memory > free.memory || allocation.gpus.length < needed) return undefined
      free = {
        threads: free.threads - allocation.threads,
        memory: free.memory - allocation.memory,
        gpus: free.gpus.slice(needed),
      }
      return allocation
    },
    release: (allocation) => {
      free = {
        threads: free.threads + allocation.threads,
        memory: free.memory + allocation.memory,
        gpus: [...free.gpus, ...allocation.gpus].sort((a, b) => a - b),
      }
    },
  }
}
