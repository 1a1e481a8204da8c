import { execFile } from "node:child_process"
import { resolve } from "node:path"
import { promisify } from "node:util"
import { expect, test } from "vitest"

test("ten thousand steps take no more memory than two thousand", async () => {
  const script = resolve(import.meta.dirname, "steps.ts")
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", "--conditions=assay-source", "--import", "tsx", script])
  const sizes = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as ReadonlyArray<number>
  expect(sizes).toHaveLength(10)
  // By then programs of all sizes have been made.
  const [, early = 0] = sizes
  expect(Math.max(...sizes.slice(2)), sizes.join(" ")).toBeLessThan(1.15 * early)
})
