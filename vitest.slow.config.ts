import { defaultServerConditions } from "vite"
import { defineConfig } from "vitest/config"

/**
 * What takes minutes: real processes that are killed, disks that are full. One file at a time,
 * because they measure moments.
 */
export default defineConfig({
  ssr: { resolve: { conditions: ["assay-source", ...defaultServerConditions] } },
  test: {
    include: ["test/slow/**/*.test.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 1_200_000,
  },
})
