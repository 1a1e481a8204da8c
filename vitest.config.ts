import { availableParallelism } from "node:os"
import { defaultServerConditions } from "vite"
import { defineConfig } from "vitest/config"

export default defineConfig({
  ssr: { resolve: { conditions: ["assay-source", ...defaultServerConditions] } },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/fixtures/**", "test/slow/**"],
    // A process each: native libraries (ONNX Runtime, DuckDB) do not like to be loaded into several threads of one.
    pool: "forks",
    // All of the machine: most of the time goes into processes that the tests start and wait for.
    maxWorkers: availableParallelism(),
    // Some laws start real processes and train real models, side by side with other files.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
