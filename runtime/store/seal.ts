import { createHash } from "node:crypto"
import { Option, Schema } from "effect"
import { canonicalJson } from "../../dsl/canonical.ts"
import { Manifest } from "./manifest.ts"

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({ seal: Schema.String, manifest: Manifest })))

/** A manifest as its file holds it: with a digest over all of it, so that a flipped bit in it is seen. */
export const seal = (manifest: Manifest): string => `{"seal":"${digest(manifest)}",\n"manifest":${JSON.stringify(manifest, null, 1)}}\n`

/** The manifest, if the text is a whole and unharmed one for that key. */
export const unseal = (text: string, key: string): Manifest | null =>
  Option.getOrNull(
    decode(text).pipe(
      Option.filter(({ seal: claimed, manifest }) => claimed === digest(manifest) && manifest.key === key),
      Option.map(({ manifest }) => manifest),
    ),
  )

const digest = (manifest: Manifest): string => createHash("sha256").update(canonicalJson(manifest)).digest("hex")
