import type { Json } from "../../dsl/canonical.ts"
import type { Cause } from "../../runtime/index.ts"

/** `parameters.beta: 0.1 → 0.5`, `inputs.reference: changed by sft` */
export const causeText = (id: string, { component, before, after, root }: Cause): string => {
  if (component === "never run") return component
  if (root !== id) return `${component}: changed by ${root}`
  return before === null && after === null ? component : `${component}: ${valueText(before)} → ${valueText(after)}`
}

/** Digests by their first digits: what matters is that they differ. */
const valueText = (value: Json): string => {
  if (value === null) return "none"
  if (typeof value === "string") return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 8) : value
  return JSON.stringify(value)
}
