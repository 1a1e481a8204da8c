import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Option, Schema } from "effect"
import { fileDigests } from "../disk/file-digest.ts"
import { writeAtomically } from "../disk/write.ts"
import { packageTrees } from "../packages/package-tree.ts"
import { keepBundle, noteUse } from "./cache.ts"
import { bundling, compile, linked, type Source } from "./compile.ts"
import { Gate, gateOf, holds, type Look } from "./gate.ts"
import { states } from "./probe.ts"

const Stored = Schema.fromJsonString(Schema.Struct({ format: Schema.Literal(2), gate: Gate }))

/** A look at the file system, remembering in the folder `cache` what is costly to find out. */
export const lookAround = (place: { readonly cache: string; readonly assayRoot: string }): Look => ({
  digests: fileDigests(place.cache),
  states: states(),
  packages: packageTrees(place),
})

/**
 * The bundle of a source, ready to be imported; the recorded one while nothing that it was made
 * from has changed. Rejects with a CompileError.
 */
export const gatedBundle = async (source: Source & { readonly cache: string }): Promise<Gate> => {
  const name = createHash("sha256")
    .update(JSON.stringify([bundling, source.directory, source.entry, source.declaration, source.inlined?.source]))
    .digest("hex")
  const recordFile = path.join(source.cache, "records", `${name}.json`)
  const look = lookAround(source)
  const record = fs.existsSync(recordFile)
    ? Option.getOrNull(Schema.decodeUnknownOption(Stored)(fs.readFileSync(recordFile, "utf8")))
    : null
  if (record !== null && holds(record.gate, look)) {
    noteUse(record.gate.bundle)
    return record.gate
  }
  const compiled = await compile(source)
  const gate = gateOf(compiled, keepBundle(source.cache, linked(compiled), compiled.map), lookAround(source))
  writeAtomically(recordFile, Schema.encodeSync(Stored)({ format: 2, gate }))
  return gate
}
