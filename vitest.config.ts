import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/fixtures/**", "test/slow/**"],
    // A process each: native libraries (ONNX Runtime, DuckDB) do not like to be loaded into several threads of one.
    pool: "forks",
    // Some laws start real processes and train real models, side by side with other files.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
