/**
 * Makes the store that all tests of the browser look at, once, before the first of them: two runs,
 * with the file of the gold judge edited in between.
 */

import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { TestProject } from "vitest/node"
import { chromium } from "./chromium.ts"
import { editJudge, writeProject } from "./project.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder of the project; "" where there is no browser. */
    readonly project: string
  }
}

const command = path.resolve(import.meta.dirname, "../../../cli/assay.mjs")

export default ({ provide }: TestProject) => {
  provide("project", "")
  if (chromium === null) return
  // While a test is being written: the folder of a project that was kept.
  const kept = process.env.ASSAY_BROWSER_PROJECT
  if (kept !== undefined) return provide("project", kept)
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-browser-")))
  const run = (): void => {
    const { status, stderr } = spawnSync(process.execPath, [command, "run", "walk.ts"], { cwd: folder, encoding: "utf8" })
    if (status !== 0) throw new Error(`the run that the browser looks at failed\n${stderr}`)
  }
  writeProject(folder)
  run()
  editJudge(folder)
  run()
  provide("project", folder)
  return () => fs.rmSync(folder, { recursive: true, force: true })
}
