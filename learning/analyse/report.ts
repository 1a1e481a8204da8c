import { type FilesOutput, type InputMember, type Run, StageError } from "assay"
import type { MetricRow } from "../../data/schema/index.ts"
import type { Figure, Report } from "../artifacts.ts"
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
  for (const member of inputs.front) sections.push(...heading(nameOf(member)), ...(await show(member, outputs.report)))
  if (inputs.verdicts.length > 0) {
    const tables = await Promise.all(inputs.verdicts.map(async (member) => ({ of: nameOf(member), rows: await member.input.read() })))
    sections.push(...heading("Verdicts"), verdictTable(tables.flatMap(({ of, rows }) => rows.map((row) => ({ ...row, of })))))
  }
  if (inputs.metrics.length > 0) {
    const tables = await Promise.all(inputs.metrics.map(async (member) => ({ of: nameOf(member), rows: await member.input.read() })))
    sections.push(...heading("Measures"), toMeasuresTable(tables))
  }
  for (const member of inputs.figures) sections.push(...heading(nameOf(member)), ...(await show(member, outputs.report)))
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

/** What a section shows of its files: Markdown as it is, and figures, which are copied. */
const show = async (
  { path, at, input }: InputMember<typeof Figure> | InputMember<typeof Report>,
  folder: FilesOutput,
): Promise<ReadonlyArray<string>> => {
  const shown: Array<string> = []
  for (const file of input.names) {
    if (file.endsWith(".md")) shown.push(new TextDecoder().decode(await input.read(file)))
    if (!file.endsWith(".svg")) continue
    const copy = `figures/${fileName(nameOf({ path, at }))}-${file}`
    await folder.write(copy, await input.read(file))
    shown.push(`![${nameOf({ path, at })}](${copy})`)
  }
  return shown
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
