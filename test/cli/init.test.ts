import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import { newProject, type Project } from "./project.ts"

const init = async (project: Project, ...folder: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await project.assay(["init", ...folder])
  return { code, stdout, stderr: stderr.replaceAll(project.folder, "<project>") }
}

/** A project without the toy's files: only its package.json. */
const emptyProject = async (packageJson: string | null) => {
  const project = await newProject()
  for (const name of ["corpus.ts", "figure.ts", "optimize.ts", "stages.ts", "toy.ts", "package.json"]) await rm(join(project.folder, name))
  if (packageJson !== null) await project.write("package.json", packageJson)
  const read = (name: string) => readFile(join(project.folder, name), "utf8")
  return { ...project, read }
}

test("init writes a project whose every stage can be planned, and says what to do next in 80 columns", async () => {
  const project = await emptyProject(null)
  const { code, stdout, stderr } = await init(project)
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  expect(stdout).toContain("npx assay run ")
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(await project.read("package.json")).toBe('{\n  "private": true,\n  "type": "module"\n}\n')
  const planned = await project.assay(["plan", "--json"])
  expect(planned.code).toBe(0)
  expect((JSON.parse(planned.stdout) as { readonly stages: ReadonlyArray<unknown> }).stages).toHaveLength(7)
})

test("init sets the type of a package.json and keeps all else of it, its indentation too", async () => {
  const project = await emptyProject('{\n    "name": "mine",\n    "type": "commonjs",\n    "scripts": { "x": "y" },\n    "other": [1]\n}\n')
  expect((await init(project)).code).toBe(0)
  const text = await project.read("package.json")
  expect(JSON.parse(text)).toEqual({ name: "mine", type: "module", scripts: { x: "y" }, other: [1] })
  expect(text).toMatch(/^\{\n {4}"name": "mine",\n {4}"type": "module",\n/)
})

test("init writes over no file, names those that it kept, and may be called again", async () => {
  const project = await emptyProject('{"type":"module"}')
  await project.write("pipeline.ts", "// mine\n")
  await project.write("tsconfig.json", "{}\n")
  const { code, stdout } = await init(project)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^kept {3}pipeline\.ts/m)
  expect(stdout).toMatch(/^kept {3}tsconfig\.json/m)
  expect(stdout).toMatch(/^wrote {2}response-lengths\.ts$/m)
  expect(await Promise.all(["pipeline.ts", "tsconfig.json", "package.json"].map(project.read))).toEqual([
    "// mine\n",
    "{}\n",
    '{"type":"module"}',
  ])
  expect((await init(project)).stdout).not.toContain("wrote")
})

test("init makes a folder that is named, and says how to get there", async () => {
  const project = await emptyProject("{}")
  const { code, stdout } = await init(project, "a/b")
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ {2}cd a\/b$/m)
  expect(await project.read("a/b/pipeline.ts")).toContain("export default pipeline(")
  expect(await project.read("package.json")).toBe("{}")
})

test.each([
  ["not JSON", '{ "name": ', /expected a JSON object, found `\{ "name":`; correct it/],
  ["a list", "[1]", /expected a JSON object, found `\[1\]`/],
  ["empty", "", /expected a JSON object, found nothing/],
])("init refuses a package.json that is %s, and writes nothing", async (_, packageJson, message) => {
  const project = await emptyProject(packageJson)
  const { code, stdout, stderr } = await init(project)
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
  expect(stderr).toMatch(message)
  await expect(project.read("pipeline.ts")).rejects.toThrow("ENOENT")
})

test("init refuses a folder that cannot be written, and says which", async () => {
  const project = await emptyProject("{}")
  // A file, a loop and a folder in the way: permissions would not stop root.
  await writeFile(join(project.folder, "file"), "")
  await symlink("loop", join(project.folder, "loop"))
  await mkdir(join(project.folder, "odd/package.json"), { recursive: true })
  for (const folder of ["file", "file/below", "loop", "odd"]) {
    const { code, stdout, stderr } = await init(project, folder)
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" })
    expect(stderr).toMatch(new RegExp(`^assay: <project>/${folder}: expected a folder to write a project to, found that E`))
  }
})
