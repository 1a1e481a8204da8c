/** Runs the commands of a page in a project of its own, as its reader would. */

import { spawn } from "node:child_process"
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { type Block, type Page, root } from "./page.ts"

/** The command that pages call, and a folder in which what they import is found. */
export interface Installed {
  readonly launcher: string
  readonly folder: string
}

const ofTheClone: Installed = { launcher: join(root, "cli/assay.mjs"), folder: tmpdir() }

/**
 * What the page says and what came, where they differ, at its place; the first only, since what
 * follows builds on it. Commands of "```sh background" run in a terminal of their own until the end
 * of the page. `finish` is called with the project before it is removed.
 */
export const firstSurprise = async (
  page: Page,
  installed: Installed = ofTheClone,
  finish: (project: string) => void = () => {},
): Promise<string | undefined> => {
  const folder = await realpath(await mkdtemp(join(installed.folder, "assay-page-")))
  const terminals: Array<Terminal> = []
  try {
    const project = join(folder, "project")
    const commands = await installCommands(join(folder, "bin"), installed.launcher)
    await mkdir(project)
    await writeFile(join(project, "package.json"), JSON.stringify({ name: "page", type: "module", private: true }))
    let printed = ""
    let terminal: Terminal | undefined
    for (const block of page.blocks) {
      if (block.flags === "skip") continue
      if (block.language === "text" && block.name === "output") {
        if (terminal !== undefined) printed = await terminal.until((output) => missingLine(output, block) === undefined)
        const missing = missingLine(printed, block)
        if (missing !== undefined)
          return `${page.path}:${block.line + missing.index}: ${JSON.stringify(missing.line)} was not printed, but\n${printed}`
      } else if (block.language === "sh" && block.flags === "background") {
        terminal = openTerminal(block.text, project, commands)
        terminals.push(terminal)
      } else if (block.language === "sh") {
        terminal = undefined
        const wanted = Number(/^exit (\d+)$/.exec(block.name ?? "")?.[1] ?? 0)
        const ended = await runShell(block.text, project, commands)
        printed = ended.output
        if (ended.code !== wanted) return `${page.path}:${block.line}: exit code ${ended.code} instead of ${wanted}\n${printed}`
      } else if (block.name !== undefined) {
        const file = resolve(project, block.name)
        await mkdir(dirname(file), { recursive: true })
        await writeFile(file, block.text)
      }
    }
    finish(project)
    return undefined
  } finally {
    await Promise.all(terminals.map(({ close }) => close()))
    await rm(folder, { recursive: true, force: true })
  }
}

/** A folder with `assay` and an `npx` that knows it. */
const installCommands = async (folder: string, launcher: string): Promise<string> => {
  const call = `exec ${JSON.stringify(process.execPath)} ${JSON.stringify(launcher)} "$@"\n`
  await mkdir(folder)
  await writeFile(join(folder, "assay"), `#!/bin/sh\n${call}`)
  await writeFile(join(folder, "npx"), `#!/bin/sh\n[ "$1" = assay ] || { echo "a page runs npx $1" >&2; exit 1; }\nshift\n${call}`)
  for (const name of ["assay", "npx"]) await chmod(join(folder, name), 0o755)
  return folder
}

const runShell = async (
  script: string,
  cwd: string,
  commands: string,
): Promise<{ readonly code: number | null; readonly output: string }> => {
  const { ended, output } = startShell(script, cwd, commands)
  return { code: await ended, output: output() }
}

/** A shell at the head of a group of processes. */
const startShell = (script: string, cwd: string, commands: string) => {
  const { ASSAY_STORE: _, NODE_OPTIONS: __, ...inherited } = process.env
  const env = { ...inherited, PATH: `${commands}${delimiter}${process.env.PATH ?? ""}`, COLUMNS: "120" }
  const child = spawn("bash", ["-euo", "pipefail", "-c", script], { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true })
  let output = ""
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk
    })
  const ended = new Promise<number | null>((done, failed) => {
    child.on("error", failed)
    child.on("close", done)
  })
  return { child, ended, output: () => output }
}

/** What goes on while a reader works in another terminal. */
interface Terminal {
  /** What it has printed when this holds, or when it has not within the time it is given. */
  readonly until: (holds: (output: string) => boolean) => Promise<string>
  /** As Ctrl-C does. */
  readonly close: () => Promise<void>
}

const openTerminal = (script: string, cwd: string, commands: string): Terminal => {
  const { child, ended, output } = startShell(script, cwd, commands)
  let isOver = false
  void ended.finally(() => (isOver = true))
  return {
    until: async (holds) => {
      for (let tries = 0; tries < 1200 && !isOver && !holds(output()); tries += 1) await sleep(100)
      return output()
    },
    close: async () => {
      if (!isOver && child.pid !== undefined) process.kill(-child.pid, "SIGINT")
      await ended
    },
  }
}

/**
 * The first line of an output block that was not printed after those before it. "…" stands for
 * anything.
 */
export const missingLine = (printed: string, block: Block): { readonly line: string; readonly index: number } | undefined => {
  const lines = printed.split("\n").map(simplified)
  let next = 0
  for (const [index, line] of block.text.split("\n").entries()) {
    if (line.trim() === "" || line.trim() === "…") continue
    const pattern = new RegExp(`^${simplified(line).split("…").map(escaped).join(".*")}$`)
    const at = lines.findIndex((each, place) => place >= next && pattern.test(each))
    if (at === -1) return { line, index }
    next = at + 1
  }
  return undefined
}

const simplified = (line: string): string => line.trim().replace(/\s+/g, " ")

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
