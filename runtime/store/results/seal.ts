import { canonicalJson } from "../../../dsl/canonical.ts"
import { sha256 } from "../../disk/sha256.ts"
import { isDigest, resultFormat } from "../format.ts"
import type { Manifest } from "./manifest.ts"

/**
 * A manifest as its file holds it: with a digest over all of it, so that a flipped bit in it is
 * seen.
 */
export const seal = (manifest: Manifest): string => {
  const text = canonicalJson(manifest)
  return `{"seal":"${digest(text)}",\n"manifest":${text}}\n`
}

const sealed = /^\{"seal":"([0-9a-f]{64})",\n"manifest":/

/** What a result's file turns out to be. */
export type Unsealed =
  | { readonly state: "whole"; readonly manifest: Manifest }
  /** Intact, and of a format that this version does not know. */
  | { readonly state: "foreign"; readonly format: string }
  | { readonly state: "damaged" }

/**
 * The manifest, if the text is an intact one for that key. A valid seal is proof that Assay wrote
 * it: its fields are not checked one by one. One that is spelled otherwise, with indentation or
 * other order, is intact if it says the same. The seal is the same in all formats.
 */
export const unseal = (text: string, key: string): Unsealed => {
  const [opening = "", claimed] = sealed.exec(text) ?? []
  const body = text.slice(opening.length, -"}\n".length)
  if (claimed === undefined) return { state: "damaged" }
  const manifest = parsed(body)
  const isSealed = claimed === digest(body) || (manifest !== undefined && claimed === digest(canonicalJson(manifest)))
  if (!isSealed) return { state: "damaged" }
  if (manifest?.format !== resultFormat) return { state: "foreign", format: String(manifest?.format ?? "unknown") }
  return manifest.key === key && namesObjects(manifest as Manifest)
    ? { state: "whole", manifest: manifest as Manifest }
    : { state: "damaged" }
}

/** A seal does not prove this: a store may come from others, who can make one. */
const namesObjects = ({ outputs }: Manifest): boolean =>
  Object.values(outputs).every(({ files }) => files.every(({ object }) => isDigest(object)))

const parsed = (text: string): Partial<Manifest> | undefined => {
  try {
    return JSON.parse(text) as Partial<Manifest>
  } catch {
    return undefined
  }
}

const digest = (text: string): string => sha256("manifest", text)
