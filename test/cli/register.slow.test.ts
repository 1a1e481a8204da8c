import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { expect, test } from "vitest"
import type { Registrations } from "../../runtime/index.ts"
import { parsePage, root } from "../docs/page.ts"
import { newProject, type Project } from "./project.ts"
import { type Claims, writeStages, writeStudy } from "./study.ts"

const first: Claims = { "online is above offline at KL 2": 0.02, "online is above offline at KL 4": 0.04 }

const openStudy = async (): Promise<Project> => {
  const project = await newProject()
  await writeStages(project)
  await writeStudy(project, first, 10)
  return project
}

const succeed = async (project: Project, ...arguments_: ReadonlyArray<string>) => {
  const ended = await project.assay(arguments_)
  expect(ended.code, ended.stderr).toBe(0)
  return ended
}

const registrationsIn = async ({ folder }: Project) =>
  (JSON.parse(await readFile(join(folder, "study.registration.json"), "utf8")) as Registrations).registrations

const reported = async (project: Project, folder: string) => {
  await succeed(project, "export", "report", folder)
  return readFile(join(project.folder, folder, "RESULTS.md"), "utf8")
}

const noWider = (text: string) => expect(text.split("\n").filter((line) => [...line].length > 80)).toEqual([])

/** Commits everything, and returns the commit. */
const commitAll = ({ folder }: Project) => {
  const git = gitIn(folder)
  if (!existsSync(join(folder, ".git"))) git("init", "-q", "-b", "main")
  git("add", "--all", ":(exclude).assay")
  git("commit", "-q", "-m", "study")
  return git("rev-parse", "HEAD")
}

const gitIn =
  (folder: string) =>
  (...arguments_: ReadonlyArray<string>) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...arguments_], { cwd: folder, encoding: "utf8" }).trim()

/** Makes a bare repository beside the project's, and pushes to it. */
const push = ({ folder }: Project) => {
  const git = gitIn(folder)
  git("init", "-q", "--bare", ".git/remote")
  git("remote", "add", "origin", ".git/remote")
  git("push", "-q", "origin", "main")
}

/** What is the same each time. */
const stable = (text: string): string =>
  text
    .replace(/\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b/g, "<hash>")
    .replace(/\b[0-9a-f]{40}\b/g, "<commit>")
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z| UTC)/g, "<time>")
    .replace(/\b[\d.]+ (s|min \d+ s)\b/g, "<duration>")

/** The blocks of text on a page of the guides. */
const shownOn = (page: string): ReadonlyArray<string> =>
  parsePage(page, readFileSync(join(root, page), "utf8")).blocks.flatMap(({ language, text }) =>
    language === "text" || language === "md" ? [text] : [],
  )

test("a study that is registered, committed and then run is proved to be what was registered", async () => {
  const project = await openStudy()
  const commit = commitAll(project)
  const { stdout } = await succeed(project, "register", "study.ts")
  expect(stdout).toMatch(/^registered [0-9a-f]{12} at .* UTC: 2 claims, 4 stages$/m)
  const [registration, ...others] = await registrationsIn(project)
  expect(others).toEqual([])
  expect(registration).toMatchObject({
    commit: { id: commit, changed: false },
    stages: 4,
    before: { runs: 0, results: 0, evidence: 0 },
    claims: [
      { claim: "online is above offline at KL 2", stage: "decided", rule: { threshold: 0.02 } },
      { claim: "online is above offline at KL 4", stage: "decided", rule: { threshold: 0.04 } },
    ],
    study: { measure: { stages: 2, parameters: { seed: [1, 2], steps: [10] } } },
  })
  const registering = commitAll(project)
  const hash = registration?.hash as string
  expect((await succeed(project, "plan", "study.ts")).stdout).toContain(`registered ${hash.slice(0, 12)} at `)
  const ran = await succeed(project, "run", "study.ts")
  expect(ran.stderr.indexOf(`registered ${hash.slice(0, 12)} at `)).toBe(0)

  const text = await reported(project, "out")
  expect(text).toContain(`| registration | ${hash} |`)
  expect(text).toContain(`| at commit | ${commit} |`)
  expect(text).toContain(`| first committed | in ${registering}, `)
  expect(text).toContain("which is on no remote branch that this clone knows |")
  expect(text).toMatch(/\| first stage after it \| began .* UTC, .* later \|/)
  expect(text).toContain("| older results | 0 of 4 results are older than the registration |")
  expect(text).toContain("The run is what was registered: the same claims, parameters, wiring and code.")

  const again = await succeed(project, "register", "study.ts", "--json")
  expect(JSON.parse(again.stdout)).toMatchObject({ hash, written: false, registrations: 1 })
  expect(await registrationsIn(project)).toEqual([registration])
})

test("claims that are changed after their verdicts are known leave the old verdicts, and the age of results, in the report, as the guide says", async () => {
  const project = await openStudy()
  const said: Array<string> = []
  const say = async (...arguments_: ReadonlyArray<string>) => {
    const ended = await succeed(project, ...arguments_)
    said.push(ended.stdout, ended.stderr)
    noWider(ended.stdout)
    noWider(ended.stderr)
    return ended
  }
  commitAll(project)
  await say("register", "study.ts")
  commitAll(project)
  push(project)
  await say("run", "study.ts")
  said.push(await reported(project, "registered"))
  await writeStudy(project, { "online is above offline at KL 2": 0.035, "online is above offline at KL 1": 0 }, 10)

  const warned = await say("run", "study.ts")
  expect(warned.stderr).toContain("warning: not what was registered")
  const planned = await succeed(project, "plan", "study.ts", "--json")
  const differences = [
    "claim added: online is above offline at KL 1",
    "claim changed: online is above offline at KL 2: threshold 0.02 → 0.035",
    "claim removed: online is above offline at KL 4",
  ]
  expect(JSON.parse(planned.stdout).registration.differences).toEqual(differences)
  expect(await reported(project, "unregistered")).toContain(
    `**The run is not what was registered:**\n\n${differences.map((text) => `- ${text}`).join("\n")}`,
  )

  await say("register", "study.ts")
  const [earlier, later] = await registrationsIn(project)
  expect(earlier?.verdicts?.map(({ stage, rows }) => ({ stage, rows }))).toEqual([
    {
      stage: "decided",
      rows: [
        { claim: "online is above offline at KL 2", effect: 0.03, verdict: "supported" },
        { claim: "online is above offline at KL 4", effect: 0.03, verdict: "opposite" },
      ],
    },
  ])
  expect(later).toMatchObject({ before: { runs: 2, results: 4, evidence: 2 }, changes: differences })

  await say("run", "study.ts")
  said.push(await reported(project, "out"))
  const shown = shownOn("docs/guides/register-a-study.md").map(stable)
  expect(shown.length).toBeGreaterThanOrEqual(5)
  for (const block of shown) expect(stable(said.join("\n"))).toContain(block)
})

test("a changed parameter and changed code are named, and a comment is no change", async () => {
  const project = await openStudy()
  await succeed(project, "register", "study.ts")
  const measure = await readFile(join(project.folder, "measure.ts"), "utf8")
  await project.write("measure.ts", `// The same.\n${measure}`)
  expect((await succeed(project, "plan", "study.ts")).stdout).not.toContain("warning")
  await project.write("measure.ts", measure.replace("* parameters.seed", "* parameters.seed + 1"))
  await writeStudy(project, first, 11)
  expect(JSON.parse((await succeed(project, "plan", "study.ts", "--json")).stdout).registration.differences).toEqual([
    "parameter changed: measure.steps: 10 → 11",
    "code changed: measure",
  ])
  // Nothing ran under the first registration, so nothing of it can be kept.
  await succeed(project, "register", "study.ts")
  expect((await registrationsIn(project)).map(({ verdicts }) => verdicts)).toEqual([undefined, undefined])
})

test("a file that was deleted, edited or given another date is told from what the runs recorded", async () => {
  const project = await openStudy()
  const file = join(project.folder, "study.registration.json")
  await succeed(project, "register", "study.ts")
  const text = await readFile(file, "utf8")
  await succeed(project, "run", "study.ts")

  const [{ registered, hash }] = (await registrationsIn(project)) as [Registrations["registrations"][number]]
  await project.write("study.registration.json", text.replace(registered, "2020-01-01T00:00:00.000Z"))
  expect(await reported(project, "backdated")).toContain(
    "now says that it was registered 2020-01-01 00:00:00 UTC; when the run began it said",
  )

  await project.write("study.registration.json", text.replace("at KL 4", "at KL 3"))
  const refused = await project.assay(["run", "study.ts"])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain("was edited: what registration 1 of it lists does not have the hashes that it gives")
  expect(await reported(project, "edited")).toContain("was edited")

  await rm(file)
  expect(await reported(project, "deleted")).toContain("does not hold this registration any more: restore it from the repository")
  const again = await succeed(project, "register", "study.ts")
  expect(again.stdout).toContain("2 claims")
  await writeStudy(project, first, 12)
  await rm(file)
  const { stderr } = await succeed(project, "register", "study.ts")
  expect(stderr.replaceAll(/\s+/g, " ")).toContain(`runs of this pipeline were registered as ${hash.slice(0, 12)}`)
  expect((await registrationsIn(project))[0]?.missing).toEqual([hash])
})

test("a run without a registration says so, also if one is written afterwards", async () => {
  const project = await openStudy()
  await succeed(project, "run", "study.ts")
  expect(await reported(project, "out")).toContain("This run was not registered: its claims may have been chosen after results were known.")
  await succeed(project, "register", "study.ts")
  expect(await reported(project, "later")).toContain("`study.registration.json` holds 1 registration, but did not when the run began.")
})
