import { availableParallelism } from "node:os"
import { defaultServerConditions } from "vite"
import { defineConfig } from "vitest/config"

/**
 * Rooms whose tests only compute: they start no processes and leave nothing behind in their own.
 */
const computing = "test/{dsl,engine,learning,ui}/**/*.test.ts"
/**
 * Files of twenty seconds and more, which wait for processes most of the time:
 * vitest.slow.config.ts.
 */
const slow = "test/**/*.slow.test.ts"
/** What needs servers of others: vitest.services.config.ts. */
const services = "test/services/**"

export default defineConfig({
  ssr: { resolve: { conditions: ["assay-source", ...defaultServerConditions] } },
  test: {
    // Processes, not threads: native libraries (ONNX Runtime, DuckDB) do not like to be loaded into
    // several threads of one process.
    pool: "forks",
    // The whole machine: much of the time is spent in processes that the tests start and wait for.
    maxWorkers: availableParallelism(),
    // Some laws start real processes and train real models, perhaps on a busy machine. A limit is
    // for what hangs.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    projects: [
      {
        extends: true,
        // Files share processes: importing Effect and TensorFlow.js for each of them would take as
        // long as the tests.
        test: { name: "computing", include: [computing], exclude: ["**/fixtures/**", slow], isolate: false },
      },
      {
        extends: true,
        // A process for each file.
        test: { name: "processes", include: ["test/**/*.test.ts"], exclude: ["**/fixtures/**", "test/slow/**", services, computing, slow] },
      },
    ],
  },
})
