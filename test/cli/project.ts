import { spawn } from "node:child_process"
import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { onTestFinished } from "vitest"

const launcher = resolve(import.meta.dirname, "../../cli/assay.mjs")

export interface Ended {
  readonly code: number | null
  /** The signal that ended it, if one did. */
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * A user's project in a folder of its own, outside of the clone: a toy pipeline with stages of its
 * own.
 */
export interface Project {
  readonly folder: string
  /**
   * Runs the command there, as a process; `watch` sees what it has written so far, at first
   * nothing, and may send it a signal, each once.
   */
  readonly assay: (
    arguments_: ReadonlyArray<string>,
    environment?: Readonly<Record<string, string>>,
    watch?: (text: string, signal: (name: NodeJS.Signals) => void) => void,
  ) => Promise<Ended>
  /** Writes a file there. */
  readonly write: (name: string, content: string) => Promise<void>
}

export const openProject = async (): Promise<Project> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "assay-project-")))
  await cp(resolve(import.meta.dirname, "fixtures/project"), folder, { recursive: true })
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "toy", type: "module" }))
  return {
    folder,
    assay: (arguments_, environment = {}, watch = () => {}) =>
      new Promise((done, failed) => {
        const { ASSAY_STORE: _, NODE_OPTIONS: __, ...inherited } = process.env
        const options = { cwd: folder, env: { ...inherited, ...environment } }
        const child = spawn(process.execPath, [launcher, ...arguments_], { ...options, stdio: ["ignore", "pipe", "pipe"] })
        const text = { stdout: "", stderr: "" }
        const sent = new Set<NodeJS.Signals>()
        // A second signal would end the command at once.
        const signal = (name: NodeJS.Signals) => {
          if (!sent.has(name)) child.kill(name)
          sent.add(name)
        }
        for (const stream of ["stdout", "stderr"] as const) {
          child[stream].setEncoding("utf8").on("data", (chunk: string) => {
            text[stream] += chunk
            watch(text[stream], signal)
          })
        }
        child.on("error", failed)
        child.on("close", (code, signal) => done({ code, signal, ...text }))
        watch("", signal)
      }),
    write: (name, content) => writeFile(join(folder, name), content),
  }
}

/** A project for one test, gone when the test is over. */
export const newProject = async (): Promise<Project> => {
  const project = await openProject()
  onTestFinished(() => removeProject(project))
  return project
}

export const removeProject = ({ folder }: Project): Promise<void> => rm(folder, { recursive: true, force: true })
