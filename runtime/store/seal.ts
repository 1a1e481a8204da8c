import { hash } from "node:crypto"
import { canonicalJson } from "../../dsl/canonical.ts"
import type { Manifest } from "./manifest.ts"

/** A manifest as its file holds it: with a digest over all of it, so that a flipped bit in it is seen. */
export const seal = (manifest: Manifest): string => {
  const text = canonicalJson(manifest)
  return `{"seal":"${digest(text)}",\n"manifest":${text}}\n`
}

const sealed = /^\{"seal":"([0-9a-f]{64})",\n"manifest":/

/**
 * The manifest, if the text is a whole and unharmed one for that key. Whoever could seal it wrote it: its fields are not looked at one by one.
 * One that is spelled otherwise, with indentation or other order, is unharmed if it says the same.
 */
export const unseal = (text: string, key: string): Manifest | null => {
  const [opening = "", claimed] = sealed.exec(text) ?? []
  const body = text.slice(opening.length, -"}\n".length)
  const manifest = claimed === undefined ? undefined : parsed(body)
  if (manifest?.format !== 1 || manifest.key !== key) return null
  return claimed === digest(body) || claimed === digest(canonicalJson(manifest)) ? (manifest as Manifest) : null
}

const parsed = (text: string): Partial<Manifest> | undefined => {
  try {
    return JSON.parse(text) as Partial<Manifest>
  } catch {
    return undefined
  }
}

const digest = (text: string): string => hash("sha256", text)
