import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openProject, type Project, removeProject } from "./project.ts"

const stages = `
import { files, stage } from "assay"
export const learn = stage({ name: "learn", inputs: {}, parameters: {}, outputs: { policy: files("policy") }, run: () => import("./learn.ts") })
`

/** Saves a checkpoint at step 100, and fails at step 200 unless it has resumed. */
const learn = `
export const run = async ({ outputs, progress, resume }) => {
  const saved = await resume.load()
  for (let step = 1 + (saved?.[0] ?? 0); step <= 300; step++) {
    progress(step, 300, { loss: 1 / step }, { loss: 1 / step, margin: step % 2 === 0 ? step : NaN })
    if (step === 1) await new Promise((done) => setTimeout(done, 1500))
    if (step === 100) await resume.save(Uint8Array.of(100))
    if (step === 200 && saved === undefined) throw new Error("half-way")
  }
  await outputs.policy.write("policy.txt", "learned")
}
`

let project: Project
beforeAll(async () => {
  project = await openProject()
  await project.write("stages.ts", stages)
  await project.write("learn.ts", learn)
  await project.write(
    "live.ts",
    'import { pipeline } from "assay"\nimport { learn } from "./stages.ts"\nexport default pipeline("live", () => ({ learner: learn({}) }))\n',
  )
})
afterAll(() => removeProject(project))

const text = () => readFile(join(project.folder, "logs/m.ndjson"), "utf8").catch(() => "")

const measured = (step: number) => ({
  type: "stage.metrics",
  id: "learner",
  stage: "learn",
  step,
  values: { loss: 1 / step, margin: step % 2 === 0 ? step : null },
})
const stepsFrom = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => measured(first + index))
const started = { type: "run.started", run: expect.any(String), pipeline: "live", stages: 1 }
const follow = ["run", "live.ts", "--metrics", "logs/m.ndjson"]

test("metrics are in the file while the run goes on, every step is in it once it has ended, and a resumed run says what repeats", async () => {
  let isOver = false
  const first = project.assay(follow).finally(() => {
    isOver = true
  })
  while (!isOver && !(await text()).includes('"step":1,')) await new Promise((done) => setTimeout(done, 20))
  expect(isOver).toBe(false)
  expect((await first).code).toBe(1)
  const before = await text()
  const linesOf = (content: string) =>
    content
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  expect(linesOf(before)).toEqual([started, ...stepsFrom(1, 200)])
  // What a killed writer may leave: half a line.
  await project.write("logs/m.ndjson", `${before}{"type":`)
  expect((await project.assay([...follow, "--tensorboard", "logs/tb"])).code).toBe(0)
  const after = (await text()).slice(before.length)
  expect(after.startsWith('{"type":\n')).toBe(true)
  expect(linesOf(after.slice(after.indexOf("\n") + 1))).toEqual([
    started,
    { type: "stage.resumed", id: "learner", stage: "learn", from: 101 },
    ...stepsFrom(101, 300),
  ])
  expect(await readdir(join(project.folder, "logs/tb/learner"))).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d{10}\..*r2$/)])
})

test("on stdout there are metrics alone", async () => {
  const { code, stdout } = await project.assay(["run", "live.ts", "--metrics", "-"])
  expect({
    code,
    lines: stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  }).toEqual({ code: 0, lines: [started] })
})

test.each([
  [["--metrics", "-", "--json"], 2, "both print on stdout"],
  [["--metrics", "live.ts/m.ndjson"], 3, "metrics cannot be written to live.ts/m.ndjson: "],
  [["--tensorboard", "live.ts"], 3, "metrics cannot be written to live.ts: "],
])("%j is refused before anything runs", async (flags, code, message) => {
  const ended = await project.assay(["run", "live.ts", ...flags])
  expect(ended).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) })
  expect(ended.stderr.trim().split("\n")).toHaveLength(1)
})
