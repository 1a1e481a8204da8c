import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { describe, onTestFinished } from "vitest"
import { folderStore } from "../../../../runtime/store/remote/objects/folder.ts"
import { sharedStoreLaws } from "./shared-store-laws.ts"

describe("a folder behind caches", () => {
  sharedStoreLaws(() => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-shared-"))
    onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
    return { environment: { ASSAY_STORE: `file://${root}` }, objects: folderStore(root) }
  })
})
