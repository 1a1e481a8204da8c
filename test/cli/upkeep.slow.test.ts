import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { newProject, openProject, type Project, removeProject } from "./project.ts"

let project: Project
beforeAll(async () => {
  project = await openProject()
  await project.assay(["run", "toy.ts"])
  const toy = await readFile(join(project.folder, "toy.ts"), "utf8")
  await project.write("toy.ts", toy.replace("steps: 5", "steps: 6"))
  await project.assay(["run", "toy.ts"])
})
afterAll(() => removeProject(project))

const answer = async (...arguments_: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await project.assay(arguments_)
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return stdout
}

test("diff names the parameter in which the last two runs differ, what passed it on, and that there is nothing else", async () => {
  const text = await answer("diff", "~1")
  expect(text.split("\n").slice(3)).toEqual([
    "arms.beta=0.1.offline",
    "  parameters.steps: 5 → 6",
    "arms.beta=0.5.offline",
    "  parameters.steps: 5 → 6",
    "figure",
    "  inputs.scores: through arms.beta=0.1.offline, arms.beta=0.5.offline",
    "the runs differ in nothing else: 1 stage with equal fingerprints",
    "",
  ])
  expect(JSON.parse(await answer("diff", "~1", "~0", "--json"))).toMatchObject({
    same: ["text"],
    different: [
      { id: "arms.beta=0.1.offline", own: [{ component: "parameters.steps", before: 5, after: 6 }], through: [] },
      { id: "arms.beta=0.5.offline" },
      { id: "figure", own: [] },
    ],
    onlyBefore: [],
    onlyAfter: [],
    unproven: [],
  })
  expect(await answer("diff", "~0", "~0")).toContain("no difference: 4 stages with equal fingerprints")
})

test("plan --set says what a parameter would cost", async () => {
  const text = await answer("plan", "--set", "arms.beta=0.1.offline.steps=9")
  expect(text).toMatch(/^run {6}arms\.beta=0\.1\.offline\n {9}parameters\.steps: 6 → 9$/m)
  expect(text).toMatch(/^toy: 2 cached, 1 to run, 1 unknown until then; these took \d+\.\d s last time$/m)
  const { predicted } = JSON.parse(await answer("plan", "--set", "optimize.steps=9", "--json")) as { predicted: { neverRan: number } }
  expect(predicted.neverRan).toBe(0)
  expect((await project.assay(["plan", "--set", "optimise.steps=9"])).stderr).toContain("did you mean optimize")
})

test("doctor says of every declaration whether it can be cached, and what the store holds", async () => {
  expect(JSON.parse(await answer("doctor", "--json"))).toMatchObject({
    stages: [
      { stage: "corpus", cacheable: true, uncacheable: [], remarks: [] },
      { stage: "optimize", cacheable: true },
      { stage: "figure", cacheable: true },
    ],
    store: { results: 7, quarantined: 0 },
  })
  expect(await answer("doctor")).toContain("cacheable       corpus")
})

test("doctor says why a stage cannot be cached", async () => {
  const user = await newProject()
  const corpus = await readFile(join(user.folder, "corpus.ts"), "utf8")
  await user.write("corpus.ts", corpus.replace("parameters.rows }", "Number(process.env.ROWS) }"))
  const { stdout } = await user.assay(["doctor", "toy.ts"])
  expect(stdout).toContain("not cacheable   corpus\n                  it reads process.env")
})

test("verify computes again and finds everything the same", async () => {
  const verified = JSON.parse(await answer("verify", "--sample", "2", "--json")) as ReadonlyArray<{ readonly verdict: string }>
  expect(verified.map(({ verdict }) => verdict)).toEqual(["same", "same"])
  expect(await answer("verify")).toMatch(/4 stages of 4 the same, bit for bit\n$/)
})

test("gc says what would go, takes it away but for what is pinned, and leaves the last run", async () => {
  expect(await answer("pin")).toBe("nothing is pinned\n")
  const older = await answer("gc", "--runs", "1", "--dry-run")
  expect(older).toMatch(/^3 results and \d+ objects would be deleted, /m)
  await answer("pin", "figure")
  expect(JSON.parse(await answer("pin", "--json"))).toMatchObject([{ id: "figure", pipeline: "toy" }])
  expect(JSON.parse(await answer("gc", "--runs", "1", "--json"))).toMatchObject({ dryRun: false, results: { length: 3 } })
  expect((await project.assay(["run", "toy.ts"])).stderr).toMatch(/^done: 4 cached, 0 computed in /m)
  await answer("gc", "--runs", "0")
  expect(JSON.parse(await answer("doctor", "--json"))).toMatchObject({ store: { results: 1, pins: 1 } })
  expect(await answer("unpin", "figure")).toBe("figure is no longer pinned\n")
  expect((await project.assay(["unpin", "figure"])).code).toBe(2)
  expect((await project.assay(["gc", "--size", "much"])).stderr).toContain("such as 500MB")
})

test("replay enters a failed stage again and fails as it did, with exit code 1; with edited code it may go well", async () => {
  const user = await newProject()
  const toy = await readFile(join(user.folder, "toy.ts"), "utf8")
  await user.write("toy.ts", toy.replace("0.5", "200"))
  expect((await user.assay(["run", "toy.ts"])).code).toBe(1)
  const again = await user.assay(["replay", "arms.beta=200.offline"])
  expect(again.code).toBe(1)
  expect(again.stderr).toContain("the loss is NaN at step 3")
  const here = await user.assay(["replay", "arms.beta=200.offline", "--here", "--json"])
  expect(JSON.parse(here.stdout)).toMatchObject({ outcome: "failed", tag: "Diverged", details: { step: 3 } })
  const optimize = await readFile(join(user.folder, "optimize.ts"), "utf8")
  await user.write("optimize.ts", optimize.replace("beta > 100", "beta > 1000"))
  const edited = await user.assay(["replay", "arms.beta=200.offline", "--edited", "--json"])
  expect(JSON.parse(edited.stdout)).toMatchObject({ outcome: "finished", outputs: [{ name: "policy" }, { name: "scores", rows: 5 }] })
  expect((await user.assay(["replay", "text"])).code).toBe(2)
})
