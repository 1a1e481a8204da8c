import type { Json } from "../../dsl/canonical.ts"
import type { Columns } from "../../dsl/index.ts"
import type { RunRecord } from "../../runtime/index.ts"
import type { StageResult } from "../stage-result.ts"

/** A table of a data set: the name of its output, and its columns. */
interface DatasetTable {
  readonly name: string
  readonly columns: Columns
}

/**
 * The card of a folder for Hugging Face's `datasets`: front matter that says which file is which
 * configuration with which features, and how the tables were made. It holds nothing of the moment
 * at which it is written, so that equal results of one commit have equal cards.
 */
export const formatDatasetCard = (
  { pipeline, commit }: RunRecord,
  { id, manifest }: StageResult,
  tables: ReadonlyArray<DatasetTable>,
  upstream: ReadonlyArray<StageResult>,
): string => {
  const configured = tables.map((table) => ({ ...table, config: tables.length === 1 ? "default" : table.name }))
  const frontMatter = [
    `pretty_name: ${quote(`${pipeline}: ${id}`)}`,
    "tags:",
    "- assay",
    "configs:",
    ...configured.flatMap(({ name, config }) => [
      `- config_name: ${quote(config)}`,
      "  data_files:",
      "  - split: train",
      `    path: ${quote(`data/${name}.parquet`)}`,
    ]),
    "dataset_info:",
    ...configured.flatMap(({ config, columns }) => [
      `- config_name: ${quote(config)}`,
      "  features:",
      ...Object.entries(columns).flatMap(([column, type]) => [`  - name: ${quote(column)}`, `    ${feature(type)}`]),
    ]),
  ]
  const facts = {
    pipeline,
    commit: commit == null ? "unknown" : `${commit.id}${commit.changed ? ", with changes that are not committed" : ""}`,
    stage: `${id} (${manifest.stage})`,
    key: manifest.key,
  }
  const made = tables.map(({ name }) => {
    const { artifact = "", rows = 0, digest = "" } = manifest.outputs[name] ?? {}
    return [`data/${name}.parquet`, artifact, rows, digest]
  })
  return `---
${frontMatter.join("\n")}
---

# ${cell(id)}

Made by Assay.

${table(["", ""], Object.entries(facts))}

${table(["file", "table", "rows", "digest"], made)}
${tables.some(({ name }) => manifest.outputs[name]?.artifact === "preferences") ? "\nOf a row whose `tie` is true neither response is the better: leave it out where you train on pairs.\n" : ""}
## Parameters

\`\`\`json
${JSON.stringify(manifest.vector.find(({ component }) => component === "parameters")?.value ?? ({} as Json), null, 2)}
\`\`\`

## Made from

${table(
  ["stage", "", "key"],
  upstream.map(({ id, manifest: { stage, key } }) => [id, stage, key]),
)}
`
}

/** A column as `datasets` describes it; `sequence`, a list, is a name that every version knows. */
const feature = (column: string): string => {
  const type = column.replace(/\?$/, "")
  const [, item] = /^list<(.*)>$/.exec(type) ?? []
  return item === undefined ? `dtype: ${dtypes[type] ?? type}` : `sequence: ${item}`
}

const dtypes: Readonly<Record<string, string>> = { utf8: "string" }

/** A scalar of YAML: JSON, with the characters escaped that YAML does not take raw. */
const quote = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\u009f\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )

const cell = (value: unknown): string =>
  String(value)
    .replaceAll(/[\\`*_[\]<>|]/g, (character) => `\\${character}`)
    .replaceAll(/\s+/g, " ")

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<unknown>>): string =>
  [head, head.map(() => "---"), ...rows.map((cells) => cells.map(cell))].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
