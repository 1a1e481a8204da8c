import { defaultServerConditions } from "vite"
import { defineConfig } from "vitest/config"

/**
 * What talks to services: real servers of PostgreSQL and of S3, which the tests start, stop and
 * kill. One file at a time, because they measure moments. Without a server its tests are skipped,
 * and it is said.
 */
export default defineConfig({
  ssr: { resolve: { conditions: ["assay-source", ...defaultServerConditions] } },
  test: {
    name: "services",
    include: ["test/services/**/*.test.ts"],
    exclude: ["**/fixtures/**"],
    passWithNoTests: true,
    pool: "forks",
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
})
