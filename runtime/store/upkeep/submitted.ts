import * as fs from "node:fs"
import * as path from "node:path"
import { gunzipSync } from "node:zlib"
import { digestsIn } from "../format.ts"
import type { Layout } from "../layout.ts"

/** What a submission names, and may need while its run waits for a worker. */
export const digestsOfSubmission = (compressed: Uint8Array): ReadonlyArray<string> => {
  try {
    return digestsIn(gunzipSync(compressed).toString())
  } catch {
    return []
  }
}

/** The same of all submissions of a store that is a folder. */
export const submittedDigests = ({ submissions }: Layout): ReadonlyArray<string> =>
  fs.existsSync(submissions)
    ? fs.readdirSync(submissions).flatMap((name) => digestsOfSubmission(fs.readFileSync(path.join(submissions, name))))
    : []
