import { mkdir, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newProject, openProject, type Project, removeProject } from "./project.ts"

/** A pipeline over the toy stages whose body is this. */
const pipelineOf = (body: string) => `import { pipeline, sweep } from "assay"
import { corpus, optimize } from "./stages.ts"

export default pipeline("bad", () => {
  const text = corpus({ rows: 3 })
  return ${body}
})
`

/** One message, on stderr, and nothing kept. */
const refused = async (project: Project, ended: Awaited<ReturnType<Project["assay"]>>, expected = 2) => {
  expect(ended.stdout).toBe("")
  expect(ended.code).toBe(expected)
  expect(ended.stderr).toMatch(/^assay: /)
  expect(ended.stderr.match(/^assay: /gm)).toHaveLength(1)
  expect(ended.stderr).toMatch(/[^.]\n$/)
  expect(await readdir(join(project.folder, ".assay", "results")).catch(() => [])).toEqual([])
  return ended.stderr.replaceAll(project.folder, "<project>")
}

describe("a pipeline that cannot be run is refused before anything runs", () => {
  test.each(["run", "plan"])("%s: the file is not there", async (verb) => {
    const project = await newProject()
    expect(await refused(project, await project.assay([verb, "nowhere.ts"]))).toBe(
      "assay: the pipeline file <project>/nowhere.ts was not found\n",
    )
  })

  test("the file does not compile", async () => {
    const project = await newProject()
    await project.write("bad.ts", pipelineOf("{ text "))
    expect(await refused(project, await project.assay(["run", "bad.ts"]))).toMatch(/<project>\/bad\.ts:\d+:\d+: Expected /)
  })

  test("the file imports what is not there", async () => {
    const project = await newProject()
    await project.write("bad.ts", `import { nothing } from "./nothing.ts"\nexport default nothing`)
    expect(await refused(project, await project.assay(["run", "bad.ts"]))).toMatch(
      /<project>\/bad\.ts:1:\d+: Could not resolve ".\/nothing.ts"/,
    )
  })

  test.each([
    ["no default export", "export const pipeline = 1"],
    ["a default export of something else", "export default { stages: [] }"],
  ])("the file exports no pipeline: %s", async (_, content) => {
    const project = await newProject()
    await project.write("bad.ts", content)
    expect(await refused(project, await project.assay(["run", "bad.ts"]))).toMatch(
      /<project>\/bad\.ts: (it has no default export|its default export is not a pipeline); write /,
    )
  })

  test("an axis of a sweep is never read", async () => {
    const project = await newProject()
    await project.write("bad.ts", pipelineOf("sweep({ beta: [1, 2], seed: [1, 2] }, ({ beta }) => optimize({ text, beta, steps: 1 }))"))
    expect(await refused(project, await project.assay(["run", "bad.ts"]))).toMatch(
      /<project>\/bad\.ts:6:\d+: sweep: the body never reads "seed"; use the axis in the body or remove it\n/,
    )
  })

  test.each([
    ["beta of zero", "beta: 0, steps: 1", "beta"],
    ["beta below zero", "beta: -0.1, steps: 1", "beta"],
    ["no steps", "beta: 1, steps: 0", "steps"],
  ])("a parameter is out of range: %s", async (_, parameters, name) => {
    const project = await newProject()
    await project.write("bad.ts", pipelineOf(`optimize({ text, ${parameters} })`))
    const message = await refused(project, await project.assay(["run", "bad.ts"]))
    expect(message).toMatch(/<project>\/bad\.ts:6:\d+: stage optimize: .*greater than 0/s)
    expect(message).toContain(`["${name}"]`)
  })

  test("the module of a stage is not there", async () => {
    const project = await newProject()
    await project.write(
      "bad.ts",
      `import { files, pipeline, stage } from "assay"
const lost = stage({ name: "lost", inputs: {}, parameters: {}, outputs: { out: files("out") }, run: () => import("./lost.ts") })
export default pipeline("bad", () => lost({}))`,
    )
    expect(await refused(project, await project.assay(["run", "bad.ts"]))).toMatch(
      /<project>\/bad\.ts:2:\d+: Could not resolve ".\/lost.ts"/,
    )
  })

  test("a setting has no meaning", async () => {
    const project = await newProject()
    expect(await refused(project, await project.assay(["run", "toy.ts"], { ASSAY_ENGINE: "abacus" }))).toBe(
      'assay: ASSAY_ENGINE is "abacus": give one of onnx, tensorflow, wasm, cpu\n',
    )
  })
})

test("a store that cannot be written is refused by its path", async () => {
  const project = await newProject()
  const store = join(project.folder, "toy.ts", "store")
  const message = await refused(project, await project.assay(["run", "toy.ts"], { ASSAY_STORE: store }), 3)
  expect(message).toContain("<project>/toy.ts/store")
  expect(message).toContain("ASSAY_STORE")
})

describe("a wrong invocation is answered by what is wrong", () => {
  test.each([
    [["rn"], /Unknown subcommand "rn".*run.*see "assay --help"/],
    [["why"], /Missing required argument.*stage.*see "assay why --help"/],
    [["plan", "toy.ts", "--fast"], /Unrecognized flag.*--fast.*see "assay plan --help"/],
    [["show", "text", "--rows", "many"], /rows.*many.*see "assay show --help"/],
  ])("%j", async (arguments_, message) => {
    const project = await newProject()
    expect(await refused(project, await project.assay(arguments_))).toMatch(message)
  })

  test("show, where nothing has run", async () => {
    const project = await newProject()
    expect(await refused(project, await project.assay(["show", "text"]))).toBe(
      'assay: no pipeline has run here yet: name a file, or run one with "assay run <file>"\n',
    )
  })

  test.each(["run", "plan"])("%s without a file, where there are several pipelines, and where there is none", async (verb) => {
    const project = await newProject()
    await project.write("bad.ts", pipelineOf("{ text }"))
    expect(await refused(project, await project.assay([verb]))).toBe(
      'assay: expected one pipeline, found 2: name one of bad.ts, toy.ts, as in "assay run bad.ts"\n',
    )
    await rm(join(project.folder, "bad.ts"))
    await rm(join(project.folder, "toy.ts"))
    expect(await refused(project, await project.assay([verb]))).toMatch(/^assay: <project>: expected a pipeline, found none; name a file/)
  })

  test("plan without a file, where there is one pipeline, is of that one", async () => {
    const project = await newProject()
    expect(await project.assay(["plan"])).toMatchObject({ code: 0, stderr: "toy.ts is the only pipeline here\n" })
  })
})

describe("after a run", () => {
  let project: Project
  beforeAll(async () => {
    project = await openProject()
    expect((await project.assay(["run", "toy.ts"])).code).toBe(0)
  })
  afterAll(() => removeProject(project))

  const answer = async (...arguments_: ReadonlyArray<string>) => {
    const { code, stdout, stderr } = await project.assay(arguments_)
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    expect(stderr).toMatch(/^assay: [^\n]+[^.]\n/)
    return stderr.replaceAll(project.folder, "<project>")
  }

  test.each(["show", "why"])("%s of an unknown stage offers the nearest", async (verb) => {
    expect(await answer(verb, "txet")).toMatch(/txet.*text/s)
  })

  test("export of an unknown stage writes nothing", async () => {
    expect(await answer("export", "txet", "out")).toContain("txet")
    expect(await readdir(project.folder)).not.toContain("out")
  })

  test("an unknown output names those there are", async () => {
    expect(await answer("show", "arms.beta=0.1.offline", "--output", "stream")).toBe(
      'assay: stage arms.beta=0.1.offline has no output "stream"; its outputs: policy, scores\n',
    )
  })

  test("a pipeline that never ran here", async () => {
    expect(await answer("ls", "--pipeline", "other")).toBe('assay: pipeline other has not run here: run it with "assay run other"\n')
  })

  test("a negative number of rows", async () => {
    expect(await answer("show", "text", "--rows=-1")).toBe("assay: --rows is -1: expected an integer of at least 0\n")
  })

  test("SQL over files", async () => {
    const message = await answer("show", "figure", "--output", "figure", "--sql", "select 1")
    expect(message).toBe('assay: stage figure has no table "figure"; its tables: points\n')
  })

  test.each([
    ["invalid", "selekt 1"],
    ["two statements", "select 1; select 2"],
    ["writing a file", "copy (select 1) to 'out.csv'"],
    ["reading another file", "select * from 'package.json'"],
  ])("SQL that is refused: %s", async (_, sql) => {
    const before = await readdir(project.folder)
    await answer("show", "text", "--sql", sql)
    expect(await readdir(project.folder)).toEqual(before)
  })

  test("export refuses to write over what is there", async () => {
    await mkdir(join(project.folder, "taken"))
    await project.write("taken/text.parquet", "mine")
    expect(await answer("export", "text", "taken")).toBe(
      "assay: <project>/taken/text.parquet already exists: choose another folder, or delete the file\n",
    )
  })
})
