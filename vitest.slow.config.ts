import { defineConfig } from "vitest/config"

/** What takes minutes: real processes that are killed, disks that are full. One file at a time, because they measure moments. */
export default defineConfig({
  test: {
    include: ["test/slow/**/*.test.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 1_200_000,
  },
})
