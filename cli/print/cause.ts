import type { Json } from "../../dsl/canonical.ts"
import type { Cause } from "../../runtime/index.ts"
import { cellText } from "./cell.ts"
import { counted } from "./number.ts"

/**
 * The reasons of one stage, a line each: `parameters.beta: 0.1 → 0.5`, `inputs.reference, inputs.run: changed by sft`.
 * Changes that come from more than `mostRoots` other stages are counted from there on.
 */
export const causeTexts = (id: string, because: ReadonlyArray<Cause>, mostRoots = Number.POSITIVE_INFINITY): ReadonlyArray<string> => {
  const own = because.filter(({ root }) => root === id)
  const inherited = new Map<string, Set<string>>()
  for (const { component, root } of because) if (root !== id) inherited.set(root, (inherited.get(root) ?? new Set()).add(component))
  const rest = inherited.size - mostRoots
  return [
    ...own.map(differenceText),
    ...[...inherited].slice(0, mostRoots).map(([root, components]) => `${[...components].join(", ")}: changed by ${root}`),
    ...(rest > 0 ? [`and changed by ${counted(rest, "other stage")}`] : []),
  ]
}

/** `parameters.beta: 0.1 → 0.5`, `code: train.ts, loss.ts changed`; a component that has no values by its name. */
export const differenceText = ({
  component,
  before,
  after,
  files = [],
}: Pick<Cause, "component" | "before" | "after" | "files">): string => {
  if (before === null && after === null) return component
  if (files.length > 0) return `${component}: ${filesText(files)} changed`
  if (component.startsWith("packages.")) return `${component}: ${versionsText(before, after)}`
  const texts = [[...valueText(before)], [...valueText(after)]] as const
  return `${component}: ${texts.map((text) => excerpt(text, commonLength(...texts))).join(" → ")}`
}

const mostFiles = 4

const filesText = (files: ReadonlyArray<string>): string =>
  files.length <= mostFiles ? files.join(", ") : `${files.slice(0, mostFiles).join(", ")} and ${files.length - mostFiles} more`

/** Packages are told apart by their versions, and where those are equal by what is in them. */
const versionsText = (before: Json, after: Json): string => {
  const version = (value: Json) =>
    typeof value === "string"
      ? value
          .split(", ")
          .map((each) => (/^\d/.test(each) ? each.split(" ")[0] : each))
          .join(", ")
      : valueText(value)
  return version(before) === version(after) ? `${version(after)}, with other files in it` : `${version(before)} → ${version(after)}`
}

/** Digests by their first digits: what matters is that they differ. */
const valueText = (value: Json): string => {
  if (value === null) return "none"
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 8) : cellText(value)
}

const longest = 60
const lead = 15

/** A long text, given by its characters, from a little before the place where it differs. */
const excerpt = (text: ReadonlyArray<string>, from: number): string => {
  if (text.length <= longest) return text.join("")
  const start = from <= lead ? 0 : from - lead
  const end = start + longest
  return `${start > 0 ? "…" : ""}${text.slice(start, end).join("")}${end < text.length ? "…" : ""}`
}

/** How many characters two texts begin with alike. */
const commonLength = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): number => {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}
