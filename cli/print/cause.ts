import type { Json } from "../../dsl/canonical.ts"
import type { Cause } from "../../runtime/index.ts"
import { formatCell } from "./cell.ts"
import { pluralize } from "./number.ts"

/**
 * The reasons for one stage, one per line: `parameters.beta: 0.1 → 0.5`, `inputs.reference,
 * inputs.run: changed by sft`. Changes that come from more than `mostRoots` other stages are
 * pluralize from there on.
 */
export const formatCauses = (id: string, because: ReadonlyArray<Cause>, mostRoots = Number.POSITIVE_INFINITY): ReadonlyArray<string> => {
  const changes = because.filter(({ root }) => root === id)
  const inherited = new Map<string, Set<string>>()
  for (const { component, root } of because) if (root !== id) inherited.set(root, (inherited.get(root) ?? new Set()).add(component))
  const rest = inherited.size - mostRoots
  return [
    ...changes.map(formatDifference),
    ...[...inherited].slice(0, mostRoots).map(([root, components]) => `${[...components].join(", ")}: changed by ${root}`),
    ...(rest > 0 ? [`and changed by ${pluralize(rest, "other stage")}`] : []),
  ]
}

/**
 * `parameters.beta: 0.1 → 0.5`, `code: train.ts, loss.ts changed`; only the name of a component
 * without values.
 */
export const formatDifference = ({
  component,
  before,
  after,
  files = [],
}: Pick<Cause, "component" | "before" | "after" | "files">): string => {
  if (before === null && after === null) return component
  if (files.length > 0) return `${component}: ${formatFiles(files)} changed`
  if (/(^|\.)program\.files\./.test(component)) return `${component}: ${before === null ? "added" : after === null ? "removed" : "edited"}`
  if (component.startsWith("packages.")) return `${component}: ${formatVersions(before, after)}`
  const texts = [[...formatValue(before)], [...formatValue(after)]] as const
  return `${component}: ${texts.map((text) => excerpt(text, commonLength(...texts))).join(" → ")}`
}

const mostFiles = 4

const formatFiles = (files: ReadonlyArray<string>): string =>
  files.length <= mostFiles ? files.join(", ") : `${files.slice(0, mostFiles).join(", ")} and ${files.length - mostFiles} more`

/** The versions of a package; if they are equal, its files differ. */
const formatVersions = (before: Json, after: Json): string => {
  const version = (value: Json) =>
    typeof value === "string"
      ? value
          .split(", ")
          .map((entry) => (/^\d/.test(entry) ? entry.split(" ")[0] : entry))
          .join(", ")
      : formatValue(value)
  return version(before) === version(after) ? `${version(after)}, with different files` : `${version(before)} → ${version(after)}`
}

/** Digests are abbreviated: it only matters that they differ. */
const formatValue = (value: Json): string => {
  if (value === null) return "none"
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 8) : formatCell(value)
}

const excerptLength = 60

/** Characters shown before the first difference. */
const contextLength = 15

/** Of a long text, given by its characters, the part around the first difference. */
const excerpt = (text: ReadonlyArray<string>, from: number): string => {
  if (text.length <= excerptLength) return text.join("")
  const start = from <= contextLength ? 0 : from - contextLength
  const end = start + excerptLength
  return `${start > 0 ? "…" : ""}${text.slice(start, end).join("")}${end < text.length ? "…" : ""}`
}

/** The length of the common beginning of two texts. */
const commonLength = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): number => {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}
