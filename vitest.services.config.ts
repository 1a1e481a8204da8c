import { availableParallelism } from "node:os"
import { defaultServerConditions } from "vite"
import { defineConfig } from "vitest/config"

/** They measure rates and moments, which another file beside them would change. */
const moments = ["test/services/cluster/**/*.test.ts", "test/services/store/performance.test.ts"]

const others = ["**/fixtures/**"]

/**
 * What talks to services: real servers of PostgreSQL and of S3, which the tests start, stop and
 * kill. Without a server its tests are skipped, and it is said.
 */
export default defineConfig({
  ssr: { resolve: { conditions: ["assay-source", ...defaultServerConditions] } },
  test: {
    passWithNoTests: true,
    pool: "forks",
    testTimeout: 600_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: {
          name: "services",
          include: ["test/services/**/*.test.ts"],
          exclude: [...others, ...moments],
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: "moments", include: moments, exclude: others, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
})
