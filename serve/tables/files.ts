/** Files of artifacts as they are, so that a browser never takes one for a page of ours. */

import * as path from "node:path"
import { Effect } from "effect"
import { fileBytes, Results } from "../../runtime/index.ts"
import { NotThere, streaming } from "../answer.ts"
import type { TableRef } from "../api.ts"
import { pathParameter } from "../parameters.ts"
import { findOutput } from "./stored.ts"

/** What a browser may show; all else it only stores. */
const shown: Readonly<Record<string, string>> = {
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
}

/** A drawing that somebody made may hold scripts: where it is opened by itself, none runs. */
const drawing = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

/** A file of an output: one that its manifest names, and nothing else on the disk. */
export const fileOf = Effect.fnUntraced(function* (ref: TableRef) {
  const name = yield* pathParameter("*")
  const { manifest } = yield* findOutput(ref)
  const { open } = yield* Results
  const file = (yield* open(manifest, ref.output)).find((each) => each.name === name)
  if (file === undefined) return yield* new NotThere({ message: `output "${ref.output}" has no file "${name}"` })
  const contentType = shown[path.extname(name)]
  return yield* streaming(fileBytes(file.path), {
    contentType: contentType ?? "application/octet-stream",
    contentLength: file.bytes,
    headers: {
      "content-security-policy": drawing,
      "cache-control": "private, max-age=31536000, immutable",
      ...(contentType === undefined
        ? { "content-disposition": `attachment; filename="${path.basename(name).replaceAll(/[^\w.-]/g, "_")}"` }
        : {}),
    },
  })
})
