import { defaultServerConditions } from "vite"
import { defineConfig } from "vitest/config"

/**
 * What takes minutes: real processes that are killed, disks that are full; and files of other rooms
 * that wait for many processes. One file at a time, because they measure moments.
 */
export default defineConfig({
  ssr: { resolve: { conditions: ["assay-source", ...defaultServerConditions] } },
  test: {
    include: ["test/slow/**/*.test.ts", "test/**/*.slow.test.ts"],
    exclude: ["**/fixtures/**"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 1_200_000,
  },
})
