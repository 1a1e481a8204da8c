import { expect, test } from "vitest"
import { hostDifference, hostFacts } from "../../../runtime/execute/host.ts"

test("a result of this machine has no difference to name, and one of another says in what it could show", () => {
  const here = hostFacts()
  expect(hostDifference(here)).toBeNull()
  expect(hostDifference({ ...here, name: "another", cpu: "of another make" })).toBeNull()
  expect(hostDifference({ ...here, node: "v24.1.0" })).toBe(`it was made by Node v24.1.0, here ${process.version}`)
  expect(hostDifference({ ...here, instructions: `${here.instructions} avx9` })).toBe(
    "it was made by a processor with avx9, which this one lacks",
  )
  const { instructions: _, ...older } = here
  expect(hostDifference(older)).toBeNull()
})
