import * as fs from "node:fs"
import { writeIfPossible } from "../../../disk/write.ts"
import type { Layout } from "../../layout.ts"
import type { Manifest } from "../../results/manifest.ts"
import { hasResult, placeFor } from "../../results/result.ts"
import { seal } from "../../results/seal.ts"
import { filesOf, isPresent } from "../../results/verify.ts"

/**
 * A result whose files are all in the local folder is one of that folder: it is a store by itself.
 */
export const keepLocally = (layout: Layout, manifest: Manifest): void => {
  if (fs.existsSync(layout.result(manifest.key)) && hasResult(layout, manifest.key)) return
  if (filesOf(manifest).every((stored) => isPresent(layout, stored))) writeIfPossible(placeFor(layout, manifest.key), seal(manifest))
}
