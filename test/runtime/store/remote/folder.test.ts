import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect } from "effect"
import { describe, expect, onTestFinished, test } from "vitest"
import { folderStore } from "../../../../runtime/store/remote/objects/folder.ts"
import { collect, objectStoreLaws, randomFile } from "./object-store-laws.ts"

const newFolder = (): string => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-folder-"))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  return root
}

describe("a folder", () => {
  objectStoreLaws(() => folderStore(newFolder()))

  test("shows no draft of an upload, and removes those that were begun long ago", async () => {
    const root = newFolder()
    const store = folderStore(root)
    const { file, digest, content } = randomFile(3 << 20)
    await Effect.runPromise(store.upload(digest, file, { ifAbsent: true }))
    fs.writeFileSync(path.join(root, "objects.draft"), "half")
    expect(await Effect.runPromise(store.head("objects"))).toBeNull()
    expect((await collect(store, digest)).equals(content)).toBe(true)
    await Effect.runPromise(store.removeUnfinished(Date.now() - 60_000))
    expect(fs.existsSync(path.join(root, "objects.draft"))).toBe(true)
    await Effect.runPromise(store.removeUnfinished(Date.now() + 60_000))
    expect(fs.readdirSync(root)).toEqual([digest])
  })
})
