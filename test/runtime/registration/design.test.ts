import { createHash } from "node:crypto"
import { expect, test } from "vitest"
import { canonicalJson } from "../../../dsl/canonical.ts"
import { toyProject } from "../project.ts"

const hashOf = (value: unknown) =>
  createHash("sha256")
    .update(`registration ${canonicalJson(value)}`)
    .digest("hex")

test("the hash of a design can be computed from what is listed, and does not depend on the folder or on what was run", async () => {
  const toy = toyProject()
  const { design, registered } = await toy.plan()
  const { hash, parts, claims, study, files, code } = design()
  expect(registered).toBeNull()
  expect(parts).toEqual({ claims: hashOf(claims), study: hashOf({ study, files }), code: hashOf(code) })
  expect(hash).toBe(hashOf(parts))
  await toy.run()
  expect((await toy.plan()).design()).toEqual(design())
  expect((await toyProject().plan()).design()).toEqual(design())
})

test("a design lists the values of parameters by kind of stage", async () => {
  const { study, stages } = (await toyProject().plan()).design()
  expect(study.draw).toMatchObject({ stages: 2, parameters: { count: [20], seed: [1, 2] } })
  expect(Object.values(study).reduce((sum, kind) => sum + kind.stages, 0)).toBe(stages)
})

test("a comment changes nothing, and an edit changes only the part that it is in", async () => {
  const toy = toyProject()
  const before = (await toy.plan()).design().parts
  toy.edit("square.ts", "export", "// The same.\nexport")
  expect((await toy.plan()).design().parts).toEqual(before)
  toy.edit("arithmetic/power.ts", "left * right", "right * left + 1")
  const edited = (await toy.plan()).design().parts
  expect({ ...edited, code: before.code }).toEqual(before)
  expect(edited.code).not.toBe(before.code)
  toy.edit("pipeline.ts", "count: 20", "count: 21")
  const changed = (await toy.plan()).design().parts
  expect({ ...changed, study: edited.study }).toEqual(edited)
  expect(changed.study).not.toBe(edited.study)
})
