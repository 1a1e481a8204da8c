/** ORPO as the guide writes it, in a project of its own: killed, and resumed to the same bytes. */

import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, onTestFinished, test } from "vitest"
import { parsePage, root } from "../docs/page.ts"
import { contents, type Ended, filesUnder, killAll, type Started, startProcess } from "./toy.ts"

const guide = "docs/guides/write-a-method.md"

/** Enough that a checkpoint, which is saved after ten seconds at the earliest, is not the end. */
const steps = 600

interface Progress {
  readonly type: string
  readonly id: string
  readonly step?: number
}

/** The steps that a run reported, by stage. */
const stepsOf = ({ stdout }: Ended): ReadonlyMap<string, ReadonlyArray<number>> => {
  const events = stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Progress] : []))
  const steps = new Map<string, ReadonlyArray<number>>()
  for (const { type, id, step } of events)
    if (type === "stage.progress" && step !== undefined) steps.set(id, [...(steps.get(id) ?? []), step])
  return steps
}

test("ORPO of the guide, offline and online, killed in its midst and run again, ends with the bytes of an undisturbed run", async () => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-method-")))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  fs.writeFileSync(path.join(folder, "package.json"), "{}")
  for (const { name, text } of parsePage(guide, fs.readFileSync(path.join(root, guide), "utf8")).blocks)
    if (name?.endsWith(".ts")) fs.writeFileSync(path.join(folder, name), text)
  const pipeline = path.join(folder, "pipeline.ts")
  const short = fs.readFileSync(pipeline, "utf8")
  const start = (store: string): Started =>
    startProcess(process.execPath, [path.join(root, "cli/assay.mjs"), "run", "pipeline.ts", "--json"], folder, {
      ASSAY_STORE: path.join(folder, store),
    })
  const run = async (store: string): Promise<Ended> => {
    const ended = await start(store).ended
    expect(ended.code, ended.stderr).toBe(0)
    return ended
  }

  // What both runs begin with is computed once.
  fs.writeFileSync(pipeline, short.replace(/return \{ offline[^}]*\}\) \}/, "return { preferences, judge }"))
  await run("undisturbed")
  fs.cpSync(path.join(folder, "undisturbed"), path.join(folder, "killed"), { recursive: true })
  fs.writeFileSync(
    pipeline,
    short.replace("steps: 20, batchSize", `steps: ${steps}, batchSize`).replace(", evaluations, frontier: frontier({ evaluations })", ""),
  )
  await run("undisturbed")

  const started = start("killed")
  const isSaved = () => filesUnder(path.join(folder, "killed/checkpoints")).filter((file) => path.basename(file) === "state").length === 2
  while (!isSaved() && started.process.exitCode === null) await sleep(100)
  killAll(started)
  const before = stepsOf(await started.ended)
  const after = stepsOf(await run("killed"))
  for (const id of ["offline", "online"]) {
    const [reached = 0, resumed = 0] = [before.get(id)?.at(-1), after.get(id)?.[0]]
    expect(reached).toBeLessThan(steps)
    // From the last checkpoint, not from the beginning.
    expect(resumed).toBeGreaterThan(10)
    expect(resumed).toBeLessThanOrEqual(reached + 10)
  }
  expect([...contents(path.join(folder, "killed"))]).toEqual([...contents(path.join(folder, "undisturbed"))])
})
