import { spawn } from "node:child_process"
import { resolve } from "node:path"

const launcher = resolve(import.meta.dirname, "../cli/assay.mjs")

/** Runs a command of Assay in a folder, with its output on the terminal. Rejects where it fails. */
export const runAssay = (folder: string, given: ReadonlyArray<string>, environment: NodeJS.ProcessEnv = process.env): Promise<void> =>
  new Promise((done, failed) => {
    const child = spawn(process.execPath, [launcher, ...given], { cwd: folder, env: environment, stdio: "inherit" })
    child.on("error", failed)
    child.on("close", (code) => (code === 0 ? done() : failed(new Error(`assay ${given[0]} ended with ${code}`))))
  })
