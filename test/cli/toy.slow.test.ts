import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newProject, openProject, type Project, removeProject } from "./project.ts"

/** Digests, times, sizes and folders by what they are, so that a snapshot holds what is stable. */
const stable = (text: string, { folder }: Project): string =>
  text
    .replaceAll(folder, "<project>")
    .replace(/\b[0-9a-f]{64}\b/g, "<digest>")
    .replace(/"(seconds|bytes)":[0-9.e-]+/g, '"$1":0')
    .replace(/\b[0-9.]+ k?B\b/g, "<size>")

const jsonLines = (text: string): ReadonlyArray<unknown> =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))

describe("before anything has run", () => {
  test("plan says what would run, in the order of the graph, and runs nothing", async () => {
    const project = await newProject()
    const { code, stdout, stderr } = await project.assay(["plan", "toy.ts", "--json"])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(jsonLines(stable(stdout, project))).toMatchSnapshot()
    expect(await readdir(join(project.folder, ".assay", "results")).catch(() => [])).toEqual([])
  })

  test("graph --json is the graph", async () => {
    const project = await newProject()
    expect(jsonLines((await project.assay(["graph", "toy.ts", "--json"])).stdout)).toMatchSnapshot()
  })

  test("graph --mermaid is a flowchart", async () => {
    const project = await newProject()
    expect((await project.assay(["graph", "toy.ts", "--mermaid"])).stdout).toMatchSnapshot()
  })
})

describe("after a run", () => {
  let project: Project
  let first: Awaited<ReturnType<Project["assay"]>>
  beforeAll(async () => {
    project = await openProject()
    first = await project.assay(["run", "toy.ts", "--json"])
  })
  afterAll(() => removeProject(project))

  const answer = async (...arguments_: ReadonlyArray<string>) => {
    const { code, stdout, stderr } = await project.assay(arguments_)
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    return stable(stdout, project)
  }

  test("run --json printed one event a line, each stage started before it finished, and ended with the run", () => {
    expect(first.code).toBe(0)
    const events = jsonLines(first.stdout) as ReadonlyArray<{ readonly type: string; readonly id?: string; readonly key?: string }>
    expect(events.at(0)?.type).toBe("run.started")
    expect(events.at(-1)).toMatchObject({ type: "run.finished", outcome: "done", cached: 0, finished: 4, failed: 0, skipped: 0 })
    for (const id of ["text", "arms.beta=0.1.offline", "arms.beta=0.5.offline", "figure"]) {
      const types = events.flatMap((event) => (event.id === id ? [event.type] : []))
      expect(types[0]).toBe("stage.started")
      expect(types.at(-1)).toBe("stage.finished")
    }
  })

  test("a second run finds everything cached, prints the same results, and does not touch them", async () => {
    const { code, stdout, stderr } = await project.assay(["run", "toy.ts"])
    expect(code).toBe(0)
    expect(stderr).toMatch(/^done: 4 cached, 0 computed in /m)
    expect(stdout).toMatchSnapshot()
  })

  test("no line of a run is wider than 80 columns", async () => {
    const { stdout } = await project.assay(["run", "toy.ts"])
    for (const line of stdout.split("\n")) expect([...line].length).toBeLessThanOrEqual(80)
  })

  test("files that a run returns lie at one place, whatever their digest", async () => {
    const figure = join(project.folder, ".assay/latest/toy/figure/figure.svg")
    expect(await readFile(figure, "utf8")).toBe('<svg xmlns="http://www.w3.org/2000/svg"/>')
  })

  test("plan says that all is cached", async () => {
    expect(jsonLines(await answer("plan", "--json"))).toMatchSnapshot()
  })

  test("ls --json lists every artifact", async () => {
    expect(jsonLines(await answer("ls", "--json"))).toMatchSnapshot()
  })

  test("ls lists every artifact for people", async () => {
    expect(await answer("ls")).toMatchSnapshot()
  })

  test("show --json of a table has columns and first rows", async () => {
    expect(jsonLines(await answer("show", "text", "--rows", "2", "--json"))).toMatchSnapshot()
  })

  test("show --json of files has names, sizes and places", async () => {
    const { stdout } = await project.assay(["show", "arms.beta=0.1.offline", "--output", "policy", "--json"])
    const { outputs } = JSON.parse(stdout) as { readonly outputs: ReadonlyArray<{ readonly files: ReadonlyArray<{ path: string }> }> }
    expect(outputs[0]?.files).toMatchObject([
      { name: "config.json", bytes: 12 },
      { name: "model.safetensors", bytes: 4 },
    ])
    expect(await readFile(outputs[0]?.files[0]?.path ?? "", "utf8")).toBe('{"beta":0.1}')
  })

  test("show of all outputs for people", async () => {
    const text = await answer("show", "figure")
    expect(text.replace(/key [0-9a-f]+/, "key <key>")).toMatchSnapshot()
  })

  test("show --sql answers a question about a table", async () => {
    const sql = "select count(*) as n, max(text_id) as last, avg(length(text)) > 0 as long from artifact where text_id >= 10"
    expect(JSON.parse(await answer("show", "text", "--sql", sql, "--json"))).toMatchObject({ rows: [{ n: 90, last: 99, long: true }] })
    expect(await answer("show", "text", "--sql", sql)).toBe(" n  last  long\n──  ────  ────\n90    99  true\n")
  })

  test("show --sql may name what it computes step by step, and end in a semicolon", async () => {
    const sql = "with odd as (select * from artifact where text_id % 2 = 1) select count(*) as n from odd;"
    expect(JSON.parse(await answer("show", "text", "--sql", sql, "--json"))).toMatchObject({ rows: [{ n: 50 }] })
  })

  test("export writes ordinary files, several outputs beside each other", async () => {
    const exported = JSON.parse(await answer("export", "arms.beta=0.5.offline", "out", "--json")) as { readonly files: unknown }
    expect(exported).toMatchObject({ id: "arms.beta=0.5.offline", directory: "<project>/out" })
    expect((await readdir(join(project.folder, "out"))).sort()).toEqual(["config.json", "model.safetensors", "scores.parquet"])
    expect(await readFile(join(project.folder, "out/config.json"), "utf8")).toBe('{"beta":0.5}')
    expect((await readFile(join(project.folder, "out/scores.parquet"))).subarray(0, 4).toString()).toBe("PAR1")
  })

  test("what is exported is the reader's own: writing to it leaves the store as it was", async () => {
    await answer("export", "text", "mine")
    await project.write("mine/text.parquet", "gone")
    expect(JSON.parse(await answer("show", "text", "--sql", "select count(*) as n from artifact", "--json"))).toMatchObject({
      rows: [{ n: 100 }],
    })
  })

  test("a pipeline is also found by the name under which it ran", async () => {
    expect(await answer("ls", "--pipeline", "toy", "--json")).toBe(await answer("ls", "--json"))
    expect(await answer("plan", "toy", "--json")).toBe(await answer("plan", "--json"))
  })
})

describe("after an edit", () => {
  test("plan and why name the parameter that changed and where it came in, and run runs just that", async () => {
    const project = await newProject()
    await project.assay(["run", "toy.ts"])
    const toy = await readFile(join(project.folder, "toy.ts"), "utf8")
    await project.write("toy.ts", toy.replace("[0.1, 0.5]", "[0.1, 0.7]").replace("({ beta }) => ({", "({ beta }) => ({ // an arm each\n"))
    const { stdout: plan } = await project.assay(["plan", "--json"])
    const [{ stages }] = jsonLines(plan) as [{ stages: ReadonlyArray<{ readonly id: string; readonly verdict: string }> }]
    expect(stages.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["text", "cached"],
      ["arms.beta=0.1.offline", "cached"],
      ["arms.beta=0.7.offline", "run"],
      ["figure", "unknown"],
    ])
    const { stdout: why } = await project.assay(["why", "figure", "--json"])
    expect(JSON.parse(why)).toMatchObject({ id: "figure", verdict: "unknown" })
    expect((await project.assay(["run", "toy.ts"])).stderr).toMatch(/^done: 2 cached, 2 computed in /m)
  })

  test("a comment in the module of a stage reruns nothing", async () => {
    const project = await newProject()
    await project.assay(["run", "toy.ts"])
    const optimize = await readFile(join(project.folder, "optimize.ts"), "utf8")
    await project.write("optimize.ts", `// No more than pretence.\n${optimize}`)
    expect((await project.assay(["run", "toy.ts"])).stderr).toMatch(/^done: 4 cached, 0 computed in /m)
  })
})

describe("when it is interrupted", () => {
  test("stages stop, what was finished is kept, and the exit code is 130", async () => {
    const project = await newProject()
    await project.write("wait.ts", "export const run = () => new Promise((done) => setTimeout(done, 600_000))")
    await project.write(
      "slow.ts",
      `import { files, pipeline, stage } from "assay"
import { corpus, Text } from "./stages.ts"
const wait = stage({ name: "wait", inputs: { text: Text }, parameters: {}, outputs: { out: files("out") }, run: () => import("./wait.ts") })
export default pipeline("slow", () => ({ wait: wait({ text: corpus({ rows: 1 }) }) }))`,
    )
    const { code, stderr } = await project.assay(["run", "slow.ts"], {}, (text, signal) => {
      if (text.includes("start    wait\n")) signal("SIGINT")
    })
    expect(code).toBe(130)
    expect(stderr).toMatch(/^assay: interrupted; finished stages are cached\n/m)
    const { stdout } = await project.assay(["ls", "--json"])
    expect(JSON.parse(stdout)).toMatchObject([
      { id: "wait.text", outputs: [{ rows: 1 }] },
      { id: "wait", key: null, outputs: [] },
    ])
  })
})

describe("when a stage fails", () => {
  test("its dependents are not run, the rest is, the message says what and where, and the exit code is 1", async () => {
    const project = await newProject()
    const toy = await readFile(join(project.folder, "toy.ts"), "utf8")
    await project.write("toy.ts", toy.replace("[0.1, 0.5]", "[0.1, 500]"))
    const { code, stdout, stderr } = await project.assay(["run", "toy.ts"])
    expect(code).toBe(1)
    expect(stdout).toContain("arms.beta=0.1.offline, policy")
    expect(stderr).toMatch(/^failed: 0 cached, 2 computed, 1 failed, 1 skipped in /m)
    expect(stderr).toMatch(/^failed {3}arms\.beta=500\.offline: Diverged: the loss is NaN at step 3/m)
    const { stdout: ls } = await project.assay(["ls", "--json"])
    const listed = JSON.parse(ls) as ReadonlyArray<{ readonly id: string; readonly outputs: ReadonlyArray<unknown> }>
    expect(listed.map(({ id, outputs }) => [id, outputs.length])).toEqual([
      ["text", 1],
      ["arms.beta=0.1.offline", 2],
      ["arms.beta=500.offline", 0],
      ["figure", 0],
    ])
    const { code: shown, stderr: message } = await project.assay(["show", "figure"])
    expect(shown).toBe(2)
    expect(message).toMatch(/^assay: stage figure has no result: .*; run it with "assay run toy.ts"\n/)
  })
})
