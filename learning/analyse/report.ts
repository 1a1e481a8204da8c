import { type InputMember, type Run, StageError } from "assay"
import type { MetricRow } from "../../data/schema/index.ts"
import type { Figure } from "../artifacts.ts"
import type { report } from "./report.stage.ts"
import { armName } from "./runs.ts"
import { verdictTable } from "./verdict-table.ts"

type Label = Pick<InputMember<typeof Figure>, "path" | "at">

export const run: Run<typeof report> = async ({ inputs, parameters, outputs }) => {
  const { title, introduction, notes } = parameters
  const sections = [`# ${title}`, introduction]
  const headings = new Set<string>()
  const heading = (name: string) => {
    headings.add(name)
    return [`## ${name}`, notes[name] ?? ""]
  }
  if (inputs.verdicts.length > 0) {
    const tables = await Promise.all(inputs.verdicts.map(async (member) => ({ of: nameOf(member), rows: await member.input.read() })))
    sections.push(...heading("Verdicts"), verdictTable(tables.flatMap(({ of, rows }) => rows.map((row) => ({ ...row, of })))))
  }
  if (inputs.metrics.length > 0) {
    const tables = await Promise.all(inputs.metrics.map(async (member) => ({ of: nameOf(member), rows: await member.input.read() })))
    sections.push(...heading("Measures"), toMeasuresTable(tables))
  }
  for (const member of inputs.figures) {
    sections.push(...heading(nameOf(member)))
    for (const file of member.input.names.filter((name) => name.endsWith(".svg"))) {
      const shown = `figures/${fileName(nameOf(member))}-${file}`
      await outputs.report.write(shown, await member.input.read(file))
      sections.push(`![${nameOf(member)}](${shown})`)
    }
  }
  const unknown = Object.keys(notes).find((name) => !headings.has(name))
  if (unknown !== undefined)
    throw new StageError("NoSuchSection", `"notes" expects names of sections, got "${unknown}". There are: ${[...headings].join(", ")}.`)
  sections.push("## Run", "<!-- run -->\n<!-- /run -->")
  await outputs.report.write(
    "RESULTS.md",
    `${sections
      .map((section) => section.trim())
      .filter((section) => section !== "")
      .join("\n\n")}\n`,
  )
}

const toMeasuresTable = (tables: ReadonlyArray<{ readonly of: string; readonly rows: ReadonlyArray<MetricRow> }>): string => {
  const lines = tables.flatMap(({ of, rows }) => {
    const last = Math.max(...rows.map(({ step }) => step))
    const shown = rows.filter(({ step }) => step === last)
    return shown.map(({ name, value }) => `| ${of} | ${name} | ${Number.isInteger(value) ? value : value.toFixed(3)} |`)
  })
  return ["| of | measure | value |", "|---|---|---|", ...lines].join("\n")
}

const nameOf = ({ path, at }: Label): string => (path.length === 0 && Object.keys(at).length === 0 ? "result" : armName(path, at))

const fileName = (name: string): string => name.replaceAll(/[^\p{L}\p{N}.=-]+/gu, "-")
