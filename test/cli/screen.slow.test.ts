/** What the command prints on a real terminal of some width, and into a pipe. */

import { execFileSync, spawnSync } from "node:child_process"
import { resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openProject, type Project, removeProject } from "./project.ts"

const launcher = resolve(import.meta.dirname, "../../cli/assay.mjs")
const escapeCharacter = "\u001b"

/** `script` of util-linux gives a command a terminal. */
const hasTerminals = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0
if (!hasTerminals) console.log('not tested: what is printed on a terminal, because "script" of util-linux is missing')

let project: Project
beforeAll(async () => {
  project = await openProject()
  expect((await project.assay(["run", "toy.ts"])).code).toBe(0)
})
afterAll(() => removeProject(project))

/** What a terminal of that width is told, without the ends of its lines. */
const onTerminal = (columns: number, ...given: ReadonlyArray<string>): string => {
  const command = [process.execPath, launcher, ...given].map((part) => `'${part.replaceAll("'", "'\\''")}'`).join(" ")
  const printed = execFileSync("script", ["-qec", `stty cols ${columns} rows 40; ${command}`, "/dev/null"], {
    cwd: project.folder,
    encoding: "utf8",
  })
  return stable(printed.replaceAll("\r", "").trimEnd())
}
const intoPipe = async (...given: ReadonlyArray<string>): Promise<string> => stable((await project.assay(given)).stdout.trimEnd())

/** Without what differs from run to run; of the same width. */
const stable = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d-]+\.\d{3}Z\.r\d+/g, (id) => "<run>".padEnd(id.length, "."))
    .replaceAll(/\b[0-9a-f]{12}\b/g, "<key>.......")
    .replaceAll(/\d+\.\d s\b/g, "0.0 s")
    .replaceAll(/\d+ %/g, "00 %")
    .replaceAll(/\d+(\.\d)? (k?B)\b/g, "0 $2")
    // As wide as the longest time.
    .replaceAll(/─+$/gm, "─")
    .replaceAll(/\d\.\d at a time/g, "0.0 at a time")

/** What was printed, by columns and command. */
const shown = new Map<string, string>()

const commands: ReadonlyArray<ReadonlyArray<string>> = [
  ["ls", "--time"],
  ["show", "arms.offline", "--rows", "2"],
  ["show", "text", "--wide", "--rows", "1"],
  ["show", "--sql", "select * from offline join figure on true limit 2"],
  ["runs"],
  ["plan"],
]

describe.each([80, 200])("on a terminal of %i columns", (columns) => {
  test.skipIf(!hasTerminals).each(commands.map((command) => [command.join(" "), command] as const))("%s", (_, command) => {
    const printed = onTerminal(columns, ...command)
    shown.set(`${columns} ${command.join(" ")}`, printed)
    expect(printed.split("\n").filter((line) => [...line].length > columns)).toEqual([])
    expect(printed).toMatchSnapshot()
  })
})

test("into a pipe goes what 80 columns show", async () => {
  for (const command of commands) {
    const printed = await intoPipe(...command)
    expect(printed).not.toContain(escapeCharacter)
    if (hasTerminals) expect(printed).toBe(shown.get(`80 ${command.join(" ")}`))
  }
})

test.skipIf(!hasTerminals)("with NO_COLOR help has no colours, on a terminal too", () => {
  const help = (environment: Readonly<Record<string, string>>) =>
    execFileSync("script", ["-qec", `'${process.execPath}' '${launcher}' show --help`, "/dev/null"], {
      cwd: project.folder,
      encoding: "utf8",
      env: { ...process.env, TERM: "xterm-256color", ...environment },
    })
  expect(help({ NO_COLOR: "1" })).not.toContain(escapeCharacter)
})
