import { canonicalJson, type Json, type JsonObject } from "../../dsl/canonical.ts"
import type { Design, RegisteredClaim } from "./design.ts"

/**
 * What is different in a design from an earlier one, in words, one line per change; empty exactly
 * where their hashes are equal. Claims are told apart by their stage and their words.
 */
export const differences = (before: Design, after: Design): ReadonlyArray<string> => [
  ...(before.parts.claims === after.parts.claims ? [] : claimChanges(before.claims, after.claims)),
  ...(before.parts.study === after.parts.study ? [] : studyChanges(before, after)),
  ...(before.parts.code === after.parts.code ? [] : codeChanges(before.code, after.code)),
]

const claimChanges = (before: ReadonlyArray<RegisteredClaim>, after: ReadonlyArray<RegisteredClaim>): ReadonlyArray<string> => {
  const old = byWords(before)
  const current = byWords(after)
  const changes = [
    ...[...current].flatMap(([words, claim]) => (old.has(words) ? [] : [`claim added: ${claim.claim}`])),
    ...[...old].flatMap(([words, claim]) => {
      const now = current.get(words)
      if (now === undefined) return [`claim removed: ${claim.claim}`]
      const changed = fieldChanges({ family: claim.family ?? null, rule: claim.rule }, { family: now.family ?? null, rule: now.rule })
      return changed.length === 0 ? [] : [`claim changed: ${claim.claim}: ${changed.join(", ")}`]
    }),
  ]
  return changes.length > 0 ? changes : ["claims are in another order"]
}

/** One of several claims with the same words is told apart by its number. */
const byWords = (claims: ReadonlyArray<RegisteredClaim>): ReadonlyMap<string, RegisteredClaim> => {
  const found = new Map<string, RegisteredClaim>()
  for (const claim of claims) {
    let number = 1
    const key = () => JSON.stringify([claim.stage, claim.claim, number])
    while (found.has(key())) number += 1
    found.set(key(), claim)
  }
  return found
}

const studyChanges = (before: Design, after: Design): ReadonlyArray<string> => [
  ...kindsOf(before.study, after.study).flatMap((kind) => {
    const [old, current] = [before.study[kind], after.study[kind]]
    if (old === undefined) return [`stages added: ${current?.stages} of ${kind}`]
    if (current === undefined) return [`stages removed: ${old.stages} of ${kind}`]
    const parameters = kindsOf(old.parameters, current.parameters).flatMap((name) => {
      const [was, is] = [old.parameters[name] ?? [], current.parameters[name] ?? []]
      return canonicalJson(was) === canonicalJson(is) ? [] : [`parameter changed: ${kind}.${name}: ${valuesText(was)} → ${valuesText(is)}`]
    })
    const count = old.stages === current.stages ? [] : [`number of stages changed: ${kind}: ${old.stages} → ${current.stages}`]
    const named = [...count, ...parameters]
    if (named.length > 0) return named
    return [
      ...(old.wiring === current.wiring ? [] : [`wiring changed: of ${kind}, other inputs or names of stages`]),
      ...(old.assignment === current.assignment || old.wiring !== current.wiring
        ? []
        : [`parameters changed: other stages of ${kind} have which values`]),
    ]
  }),
  ...kindsOf(before.files, after.files).flatMap((file) => {
    const [old, current] = [before.files[file], after.files[file]]
    if (old === current) return []
    return [`file ${old === undefined ? "added" : current === undefined ? "removed" : "changed"}: ${file}`]
  }),
]

/** Stages that are only in one of the two are named by what was added to the study, or removed. */
const codeChanges = (before: Design["code"], after: Design["code"]): ReadonlyArray<string> =>
  kindsOf(before, after).flatMap((kind) => {
    const [old, current] = [before[kind], after[kind]]
    if (old === undefined || current === undefined) return []
    return [
      ...(old.code === current.code ? [] : [`code changed: ${kind}`]),
      ...(old.packages === current.packages ? [] : [`packages changed: of ${kind}`]),
    ]
  })

const kindsOf = (before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): ReadonlyArray<string> =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()

const valuesText = (values: ReadonlyArray<Json>): string => (values.length === 0 ? "none" : values.map(valueText).join(", "))

const valueText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value))

/** `threshold 0.05 → 0.03`: by field, as deep as the two are objects. */
const fieldChanges = (before: JsonObject, after: JsonObject): ReadonlyArray<string> =>
  kindsOf(before, after).flatMap((name) => {
    const [old, current] = [before[name] ?? null, after[name] ?? null]
    if (canonicalJson(old) === canonicalJson(current)) return []
    if (isFields(old) && isFields(current)) return fieldChanges(old, current)
    return [`${name} ${valueText(old)} → ${valueText(current)}`]
  })

const isFields = (value: Json): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value)
