import { availableParallelism } from "node:os"
import { defaultServerConditions } from "vite"
import { defineConfig } from "vitest/config"

/**
 * Files that measure moments: when a run is killed, how soon a command ends, what has to be done
 * within a limit of the product's own (a check's five seconds, a query's two). Another file
 * beside them would change what they measure.
 */
const moments = [
  "test/slow/{answers,journal,killed,node24,orphans,programs,sharing,waiting}.test.ts",
  "test/slow/browser/{figures,live}.test.ts",
  "test/cli/{exit,query}.slow.test.ts",
  "test/runtime/inspect/queries*.slow.test.ts",
  "test/runtime/observe/journal/journals.slow.test.ts",
  "test/runtime/plan/check.slow.test.ts",
  "test/serve/{command,large-table,sql}.slow.test.ts",
]
/** They look at one store, which is made before the first of them. */
const browser = "test/slow/browser/**/*.test.ts"
/** What needs servers of others has a configuration of its own: vitest.services.config.ts. */
const others = ["**/fixtures/**", "test/services/**"]

/** Some files take twice as long beside another one. A limit is for what hangs. */
const limits = { testTimeout: 1_200_000, hookTimeout: 600_000 }

/** What takes long: real processes that are killed or installed, disks that are full. */
export default defineConfig({
  ssr: { resolve: { conditions: ["assay-source", ...defaultServerConditions] } },
  test: {
    pool: "forks",
    ...limits,
    projects: [
      {
        extends: true,
        // They wait for processes, most of which use one core.
        test: {
          name: "slow",
          include: ["test/slow/**/*.test.ts", "test/**/*.slow.test.ts"],
          exclude: [...others, ...moments, browser],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: [browser],
          exclude: [...others, ...moments],
          globalSetup: ["test/slow/browser/set-up.ts"],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: "moments", include: moments, exclude: others, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
