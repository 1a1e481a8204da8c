/** Tables, times and figures of a run, as people read them and hand them to programs. */

import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openProject, type Project, removeProject } from "./project.ts"

let project: Project
beforeAll(async () => {
  project = await openProject()
  expect((await project.assay(["run", "toy.ts"])).code).toBe(0)
})
afterAll(() => removeProject(project))

const answer = async (...given: ReadonlyArray<string>): Promise<string> => {
  const { code, stdout, stderr } = await project.assay(given)
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return stdout.trimEnd()
}
const refused = async (...given: ReadonlyArray<string>): Promise<string> => {
  const { code, stderr } = await project.assay(given)
  expect(code).toBe(2)
  return stderr.trimEnd()
}

describe("a stage in a sweep", () => {
  test("is one table without its axes, which are columns", async () => {
    expect((await answer("show", "arms.offline", "--csv")).split("\n").slice(0, 7)).toEqual([
      "beta,step,kl,win_rate,win_rate_low,win_rate_high",
      expect.stringMatching(/^0\.1,1,1,0\.54/),
      expect.stringMatching(/^0\.1,2,/),
      expect.stringMatching(/^0\.1,3,/),
      expect.stringMatching(/^0\.1,4,/),
      expect.stringMatching(/^0\.1,5,/),
      expect.stringMatching(/^0\.5,1,0\.2,/),
    ])
    expect(await answer("show", "arms.*", "--csv")).toBe(await answer("show", "arms.offline", "--csv"))
    const shown = JSON.parse(await answer("show", "arms.offline", "--json", "--rows", "1"))
    expect(shown).toMatchObject({
      ids: ["arms.beta=0.1.offline", "arms.beta=0.5.offline"],
      output: "scores",
      rows: 10,
      head: [{ beta: 0.1, step: 1 }],
    })
  })

  test("has one point under its id, with the axes of that", async () => {
    expect((await answer("show", "arms.beta=0.5.offline", "--csv")).split("\n")[1]).toMatch(/^0\.5,1,0\.2,/)
  })
})

describe("SQL", () => {
  test("joins tables of the run by the ids of their stages, and by the last part of these", async () => {
    const sql = `select beta, count(*) n, max(text_id) most from "arms.offline", text where step = text_id group by beta order by beta`
    expect(await answer("show", "--sql", sql, "--csv")).toBe("beta,n,most\n0.1,5,5\n0.5,5,5")
    expect(await answer("show", "--sql", `select count(*) n from offline join "arms.beta=0.1.offline" using (step)`, "--csv")).toBe("n\n10")
  })

  test("calls the table of the stage that is named artifact", async () => {
    expect(await answer("show", "text", "--sql", "select count(*) n from artifact join offline on step = text_id", "--csv")).toBe("n\n10")
  })

  test("over a table that the run does not have says which it has", async () => {
    expect(await refused("show", "--sql", "select * from nothing")).toMatch(
      /Table with name nothing does not exist! The tables of this run: text, offline, figure/,
    )
  })
})

test("tables of several kinds are not shown as one", async () => {
  expect(await refused("show", "*", "--csv")).toBe("assay: stage * has several tables; name one with --output: text, scores, points")
  expect(await refused("show", "*", "--csv", "--output", "nothing")).toBe(
    'assay: stage * has no table "nothing"; its tables: text, scores, points',
  )
})

test("CSV has all rows of a table, and as many as were asked for", async () => {
  const all = await answer("show", "text", "--csv")
  expect(all.split("\n")[0]).toBe("text_id,text,tokens")
  // Each text is two lines.
  expect(all.match(/^\d+,"The \d+\. sentence$/gm)).toHaveLength(100)
  expect(all).toContain('\nis ""quite"" good – ✓","[0,1]"')
  expect((await answer("show", "text", "--csv", "--rows", "2")).match(/^\d+,/gm)).toHaveLength(2)
})

test("every verb that prints rows prints them as CSV", async () => {
  const first = async (...given: ReadonlyArray<string>) => (await answer(...given, "--csv")).split("\n")[0]
  expect(await first("ls")).toBe("id,stage,outcome,seconds,key,output,artifact,rows,bytes,digest")
  expect(await first("runs")).toBe("run,pipeline,outcome,created,seconds,total,cached,finished,failed,skipped,host,pid")
  expect(await first("plan")).toBe("id,stage,verdict,key,seconds,because")
  expect(await first("profile")).toBe("id,stage,outcome,seconds,saved")
  expect(await first("pin")).toBe("key,id,pipeline")
  expect(await first("diff", "~0")).toBe("id,stage,component,before,after,through")
  expect((await answer("verify", "--csv")).split("\n").map((line) => line.split(",").slice(0, 3).join(" "))).toEqual([
    "id stage verdict",
    "text corpus same",
    "arms.beta=0.1.offline optimize same",
    "arms.beta=0.5.offline optimize same",
    "figure figure same",
  ])
  expect(await refused("ls", "--csv", "--json")).toContain("--csv and --json do not go together")
})

test("profile says where the time of a run went, and what the cache saved in the next", async () => {
  const before = JSON.parse(await answer("profile", "--json"))
  expect(before).toMatchObject({
    computed: 4,
    cached: 0,
    savedSeconds: 0,
    kinds: expect.arrayContaining([expect.objectContaining({ stage: "optimize", computed: 2 })]),
  })
  expect(before.stageSeconds).toBeGreaterThan(0)
  await project.assay(["run", "toy.ts"])
  const after = JSON.parse(await answer("profile", "--json"))
  expect(after).toMatchObject({ computed: 0, cached: 4, stageSeconds: 0 })
  expect(after.savedSeconds).toBeCloseTo(before.stageSeconds, 9)
  expect(await answer("profile")).toContain("nothing was computed\n4 stages cached, which took ")
  expect(await answer("profile", "~1")).toContain("4 stages computed for ")
})

test("a figure is exported as a picture, and what is none is refused", async () => {
  const folder = join(project.folder, "pictures")
  expect(await answer("export", "figure", folder, "--png")).toMatch(/figure\.png {2}\d+ B\nleft out, because png cannot hold it: points/)
  const picture = await readFile(join(folder, "figure.png"))
  expect(picture.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
  expect(await refused("export", "text", folder, "--png")).toContain("stage text has no figure to export as png")
  expect(await refused("export", "figure", folder, "--png", "--format", "csv")).toBe(
    "assay: --png and --format csv do not go together: give one of them",
  )
})

test("a run without texts has nothing to compare", async () => {
  expect(await refused("compare", "text", "figure")).toBe("assay: stage text has no responses to compare: this run has none")
})

test("a report is one file, and replaces only the one that it made", async () => {
  expect(await answer("report")).toMatch(/^toy\.html {2}\d/)
  expect(await answer("report")).toMatch(/^toy\.html {2}\d/)
  const { code, stderr } = await project.assay(["report", "--output", "toy.html"])
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining("toy.html already exists: choose another folder, or delete the file"),
  })
})
