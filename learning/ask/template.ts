import { Schema } from "effect"

const place = /\{([A-Za-z_]+)\}/g

/**
 * A text in which `{prompt}` and the like stand for texts. It must have all of `required`, and no
 * others than these and `allowed`.
 */
export const templateSchema = (required: ReadonlyArray<string>, allowed: ReadonlyArray<string> = []) =>
  Schema.String.check(
    Schema.makeFilter((template) => {
      const found = [...template.matchAll(place)].map(([, name = ""]) => name)
      const unknown = found.find((name) => ![...required, ...allowed].includes(name))
      const known = [...required, ...allowed].map((name) => `{${name}}`).join(", ")
      if (unknown !== undefined) return `a template with ${known} and no other places, but it has {${unknown}}`
      const missing = required.find((name) => !found.includes(name))
      return missing === undefined || `a template with ${known}, but it has no {${missing}}`
    }),
  )

/** Fills in a template. What it is filled with is taken as it is, braces and all. */
export const fillTemplate = (template: string, texts: Readonly<Record<string, string>>): string =>
  template.replaceAll(place, (whole, name: string) => texts[name] ?? whole)
