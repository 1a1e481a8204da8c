import { Effect } from "effect"
import { BadPackageJson } from "../error.ts"
import { jsonText } from "./files.ts"

/**
 * What a project's package.json has to become, every other key being kept; null where it may stay
 * as it is.
 */
export const modulePackageJson = (file: string, text: string): Effect.Effect<string | null, BadPackageJson> => {
  const json = parsed(text)
  if (json === null) {
    const message = `${file}: expected a JSON object, found ${opening(text)}; correct it or move it away, and call "assay init" again`
    return Effect.fail(new BadPackageJson({ path: file, message }))
  }
  if (json.type === "module") return Effect.succeed(null)
  const isNew = Object.keys(json).length === 0
  return Effect.succeed(jsonText({ ...(isNew ? { private: true } : json), type: "module" }, indentOf(text)))
}

const parsed = (text: string): Readonly<Record<string, unknown>> | null => {
  try {
    // Some editors put a mark before the first character.
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""))
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}

/** The first characters, for a reader who wonders which file is meant. */
const opening = (text: string): string => {
  const start = text.trim().slice(0, 20)
  return start === "" ? "nothing" : `\`${start}${text.trim().length > start.length ? "…" : ""}\``
}

/** As the file is indented now. */
const indentOf = (text: string): string => /^\{\r?\n([ \t]+)"/.exec(text)?.[1] ?? "  "
