import { type InputMember, type Run, StageError } from "assay"
import type { MetricRow } from "../../data/schema/index.ts"
import type { Figure } from "../artifacts.ts"
import type { report } from "./report.stage.ts"
import { armName } from "./runs.ts"
import { markdown } from "./verdicts.ts"

type Label = Pick<InputMember<typeof Figure>, "path" | "at">

export const run: Run<typeof report> = async ({ inputs, parameters, outputs }) => {
  const { title, introduction, notes } = parameters
  const sections = [`# ${title}`, introduction]
  const named = new Set<string>()
  const heading = (member: Label) => {
    const name = nameOf(member)
    named.add(name)
    return [`## ${name}`, notes[name] ?? ""]
  }
  for (const member of inputs.verdicts) sections.push(...heading(member), markdown(await member.input.read()))
  if (inputs.measures.length > 0) {
    const rows = await Promise.all(inputs.measures.map(async (member) => [nameOf(member), lastOf(await member.input.read())] as const))
    sections.push(`## ${measured}`, notes[measured] ?? "", measuresTable(rows))
    named.add(measured)
  }
  for (const member of inputs.figures) {
    sections.push(...heading(member))
    for (const file of member.input.names.filter((each) => each.endsWith(".svg"))) {
      const shown = `figures/${fileName(nameOf(member))}-${file}`
      await outputs.report.write(shown, await member.input.read(file))
      sections.push(`![${nameOf(member)}](${shown})`)
    }
  }
  const foreign = Object.keys(notes).find((name) => !named.has(name))
  if (foreign !== undefined) throw new StageError("NoSuchSection", `a note is for "${foreign}"; there are ${[...named].join(", ")}`)
  sections.push("## Run", "<!-- run -->\n<!-- /run -->")
  await outputs.report.write(
    "RESULTS.md",
    `${sections
      .map((section) => section.trim())
      .filter((section) => section !== "")
      .join("\n\n")}\n`,
  )
}

/** The section of measures. */
const measured = "Measured"

const lastOf = (rows: ReadonlyArray<MetricRow>): ReadonlyArray<MetricRow> => {
  const last = Math.max(...rows.map(({ step }) => step))
  return rows.filter(({ step }) => step === last)
}

const measuresTable = (members: ReadonlyArray<readonly [name: string, rows: ReadonlyArray<MetricRow>]>): string => {
  const lines = members.flatMap(([name, rows]) =>
    rows.map(({ name: quantity, value }) => `| ${name} | ${quantity} | ${Number.isInteger(value) ? value : value.toFixed(3)} |`),
  )
  return ["| of | quantity | value |", "|---|---|---|", ...lines].join("\n")
}

const nameOf = ({ path, at }: Label): string => (path.length === 0 && Object.keys(at).length === 0 ? "result" : armName(path, at))

const fileName = (name: string): string => name.replaceAll(/[^\p{L}\p{N}.=-]+/gu, "-")
