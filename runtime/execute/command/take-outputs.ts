import * as fs from "node:fs"
import * as path from "node:path"
import type { Columns, TableOutput, WrittenOutput } from "../../../dsl/index.ts"
import { StageError } from "../../../dsl/stage-error.ts"
import type { OpenOutput } from "../task/output.ts"
import type { Report } from "../task/task.ts"

/** How the file of a table may be called, behind the output's name. */
const tableFile = /^\.(parquet|arrow|feather|jsonl|ndjson|json|csv|tsv)(\.gz)?$/

const expectedTable = (name: string): string => `outputs/${name}.parquet, .jsonl or .csv`

/**
 * Takes what a program wrote into `folder` as the outputs of its stage, and says which files there
 * are. Other files stay behind, with a remark. Rejects with a StageError: `OutputMissing`,
 * `OutputAmbiguous`, or `WrongOutput` with the output and, where one is to blame, the column and
 * the row.
 */
export const takeOutputs = async (
  folder: string,
  outputs: ReadonlyArray<readonly [name: string, output: Pick<OpenOutput, "type" | "sink" | "adopt">]>,
  report: (report: Report) => void,
): Promise<ReadonlyArray<WrittenOutput>> => {
  const entries = fs.readdirSync(folder).sort()
  const used = new Set<string>()
  const written: Array<WrittenOutput> = []
  for (const [output, { type, sink, adopt }] of outputs) {
    if (type.kind === "table") {
      const entry = findTable(output, folder, entries)
      used.add(entry)
      const { readTable } = await import("./read-table.ts")
      const { append } = sink as TableOutput<Columns>
      await readTable({ output, file: path.join(folder, entry), shown: `outputs/${entry}`, columns: type.columns, append })
      written.push({ output, artifact: type.name, files: [] })
    } else {
      used.add(output)
      const files = filesIn(output, folder, entries)
      for (const file of files) await adopt?.(file, path.join(folder, output, file))
      written.push({ output, artifact: type.name, files })
    }
  }
  for (const entry of entries)
    if (!used.has(entry) && !entry.startsWith("."))
      report({ type: "output", text: `outputs/${entry} is not an output that the stage declares, and is not kept` })
  return written
}

const findTable = (output: string, folder: string, entries: ReadonlyArray<string>): string => {
  const found = entries.filter((entry) => entry.startsWith(output) && tableFile.test(entry.slice(output.length)))
  const [entry, ...more] = found.filter((entry) => fs.statSync(path.join(folder, entry)).isFile())
  if (entry === undefined) throw missing(output, expectedTable(output), entries)
  if (more.length > 0)
    throw new StageError("OutputAmbiguous", `the program wrote "${output}" more than once: ${found.join(", ")}. Write one of them`, {
      output,
    })
  return entry
}

const filesIn = (output: string, folder: string, entries: ReadonlyArray<string>): ReadonlyArray<string> => {
  const root = path.join(folder, output)
  const files = fs.statSync(root, { throwIfNoEntry: false })?.isDirectory() ? filesBelow(root) : []
  if (files.length === 0) throw missing(output, `files in the folder outputs/${output}/`, entries)
  return files
}

const missing = (output: string, expected: string, entries: ReadonlyArray<string>): StageError => {
  const found = entries.length === 0 ? "nothing" : entries.join(", ")
  return new StageError("OutputMissing", `output "${output}": expected ${expected}; the program wrote ${found} into outputs/`, { output })
}

/** All files, also those whose names begin with a dot, by their paths from the folder. */
const filesBelow = (root: string): ReadonlyArray<string> =>
  fs
    .readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => fs.statSync(path.join(root, name)).isFile())
    .map((name) => name.split(path.sep).join("/"))
    .sort()
