import { spawnSync } from "node:child_process"
import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, resolve } from "node:path"
import { runAssay } from "../run-assay.ts"

const summary = `select step, count(*) as seeds, avg(win_rate) as win_rate, min(win_rate) as least, max(win_rate) as most,
  avg(kl) as kl, avg(tokens) as tokens from artifact group by step order by step`

/**
 * The same pairs for two trainers: Assay's own, and TRL's in a command stage; both policies are
 * evaluated by Assay. Python is `python3`, or that of ASSAY_PYTHON. `[folder]` keeps the project
 * there, so that another run has its results.
 */
export const run = async (options: ReadonlyArray<string>): Promise<void> => {
  const python = process.env.ASSAY_PYTHON ?? "python3"
  const found = spawnSync(python, ["-c", "import sys, torch, transformers, trl, pyarrow; print(sys.executable)"], { encoding: "utf8" })
  if (found.status !== 0) {
    console.log(
      `not run: ${python} has no trl, transformers, torch and pyarrow. pip install trl pyarrow, or set ASSAY_PYTHON to one that has`,
    )
    return
  }
  const [kept] = options.filter((option) => !option.startsWith("--"))
  const folder = kept === undefined ? await realpath(await mkdtemp(join(tmpdir(), "assay-trl-"))) : resolve(kept)
  try {
    for (const name of ["pipeline.ts", "train.py"]) await cp(join(import.meta.dirname, name), join(folder, name))
    await writeFile(join(folder, "package.json"), '{ "type": "module" }')
    const environment = { ...process.env, PATH: `${dirname(found.stdout.trim())}${delimiter}${process.env.PATH ?? ""}` }
    const assay = (...given: ReadonlyArray<string>): Promise<void> => runAssay(folder, given, environment)
    await assay("run", "pipeline.ts")
    for (const arm of ["assay", "trl"]) {
      console.log(`\n${arm}:`)
      await assay("show", `arms.${arm}.evaluated`, "--output", "summary", "--sql", summary)
    }
  } finally {
    if (kept === undefined) await rm(folder, { recursive: true })
  }
}
