import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { Option, Schema } from "effect"
import { isKept } from "../bundle/cache.ts"
import { Closure, type FileDigests, unchanged } from "../bundle/closure.ts"
import { writeAtomically } from "../bundle/write.ts"
import { layout } from "../store/layout.ts"
import type { CodeRecord } from "./code.ts"

const Stored = Schema.fromJsonString(
  Schema.Struct({
    format: Schema.Literal(1),
    module: Schema.String,
    closure: Closure,
    digest: Schema.String,
    packages: Schema.Array(Schema.String),
    hazards: Schema.Array(Schema.String),
    bundle: Schema.String,
  }),
)

/** What is on record about a module's code, as long as none of the files that it was made from has changed; else null. */
export const recordedCode = (store: string, module: string, digests: FileDigests): CodeRecord | null => {
  const file = recordFile(store, module)
  if (!fs.existsSync(file)) return null
  const record = Option.getOrNull(Schema.decodeUnknownOption(Stored)(fs.readFileSync(file, "utf8")))
  return record !== null && record.module === module && isKept(record.bundle) && unchanged(record.closure, digests) ? record : null
}

/** Puts it on record; a store that cannot be written does without. */
export const recordCode = (store: string, record: CodeRecord): void => {
  try {
    writeAtomically(recordFile(store, record.module), Schema.encodeSync(Stored)(record))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
  }
}

const recordFile = (store: string, module: string): string => layout(store).code(createHash("sha256").update(module).digest("hex"))
