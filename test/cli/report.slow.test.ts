import { execFileSync } from "node:child_process"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { newProject } from "./project.ts"

const pipeline = `
import { pipeline } from "assay"
import { report } from "assay/stages"
import { corpus } from "./stages.ts"
export default pipeline("told", () => ({ report: report({ title: "Told", figures: {}, verdicts: {}, metrics: {} }), unread: corpus({ rows: 3 }) }))
`

test("an exported report says from which run, commit, machine and results it is made, and a table has their keys", async () => {
  const project = await newProject()
  const git = (...arguments_: ReadonlyArray<string>) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...arguments_], { cwd: project.folder, encoding: "utf8" })
  await project.write("told.ts", pipeline)
  await project.write(".gitignore", ".assay\n")
  git("init", "-q")
  git("add", "--all")
  git("commit", "-q", "-m", "told")
  const exported = async (folder: string) => {
    const ran = await project.assay(["run", "told.ts"])
    expect(ran.code, ran.stderr).toBe(0)
    const { code, stderr } = await project.assay(["export", "report", folder])
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    return readFile(join(project.folder, folder, "RESULTS.md"), "utf8")
  }

  const text = await exported("out")
  expect((await readdir(join(project.folder, "out"))).sort()).toEqual(["RESULTS.md", "keys.tsv"])
  expect(text).toMatch(/^# Told\n/)
  expect(text).toContain("Made from 1 stored result; `keys.tsv` has their keys.")
  expect(text).toContain(`| commit | ${git("rev-parse", "HEAD").trim()} |`)
  expect(text).toContain(`Node ${process.version}`)
  expect(text).toMatch(/\| wall time \| \d/)
  expect(text).toContain("### Registration\n\nThis run was not registered.\n")
  const [head, only, ...others] = (await readFile(join(project.folder, "out/keys.tsv"), "utf8")).trimEnd().split("\n")
  expect(others).toEqual([])
  expect(head).toBe("id\tstage\tkey\tseconds\tcomputed")
  const key = only?.split("\t")[2] as string
  expect(only).toMatch(/^report\treport\t[0-9a-f]{64}\t/)
  expect(text).toContain(`| key | ${key} |`)

  // A comment changes no result, but what is checked out is no longer the commit.
  await project.write("told.ts", `${pipeline}// more\n`)
  expect(await exported("again")).toContain(`| commit | ${git("rev-parse", "HEAD").trim()}, with changes that are not committed |`)
  const refused = await project.assay(["export", "report", "again"])
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).toContain("already exists")
})

test("outside of a repository the commit is unknown", async () => {
  const project = await newProject()
  await project.write("told.ts", pipeline)
  await project.assay(["run", "told.ts"])
  await project.assay(["export", "report", "out"])
  expect(await readFile(join(project.folder, "out/RESULTS.md"), "utf8")).toContain("| commit | unknown |")
})
