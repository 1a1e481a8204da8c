import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Option, Schema } from "effect"
import { isKept, keepBundle } from "./cache.ts"
import { Closure, closureOf, fileDigests, unchanged } from "./closure.ts"
import { compile, linked, type Source } from "./compile.ts"
import { writeAtomically } from "./write.ts"

const Stored = Schema.fromJsonString(Schema.Struct({ format: Schema.Literal(1), closure: Closure, bundle: Schema.String }))

/**
 * The path of the bundle of a source, ready to be imported; the recorded one while no file that it was made from has changed.
 * Rejects with a CompileError.
 */
export const gatedBundle = async (source: Source & { readonly cache: string }): Promise<string> => {
  const name = createHash("sha256")
    .update(JSON.stringify([source.directory, source.entry, source.declaration]))
    .digest("hex")
  const recordFile = path.join(source.cache, "records", `${name}.json`)
  const digests = fileDigests()
  const record = fs.existsSync(recordFile)
    ? Option.getOrNull(Schema.decodeUnknownOption(Stored)(fs.readFileSync(recordFile, "utf8")))
    : null
  if (record !== null && isKept(record.bundle) && unchanged(record.closure, digests)) return record.bundle
  const compiled = await compile(source)
  const bundle = keepBundle(source.cache, linked(compiled), compiled.map)
  const closure = closureOf([...compiled.files, ...compiled.manifests], digests)
  writeAtomically(recordFile, Schema.encodeSync(Stored)({ format: 1, closure, bundle }))
  return bundle
}
