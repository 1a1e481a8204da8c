import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Layer } from "effect"
import { expect, onTestFinished, test } from "vitest"
import { Settings, type SettingsShape, SharedFiles, type SharedFilesShape } from "../../../../runtime/index.ts"

const newFolder = () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-shared-files-"))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  return path.join(root, "store")
}

const ask = <A, E>(store: string, question: (files: SharedFilesShape) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(
    Effect.flatMap(SharedFiles, question).pipe(
      Effect.provide(Layer.provide(SharedFiles.layer, Layer.succeed(Settings, { store, remote: null } as unknown as SettingsShape))),
    ),
  )

test("all processes that open a new store at once get one identity, which stays", async () => {
  const store = newFolder()
  const names = await Promise.all(Array.from({ length: 8 }, () => ask(store, ({ identity }) => identity)))
  expect(new Set(names).size).toBe(1)
  expect(names[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(await ask(store, ({ identity }) => identity)).toBe(names[0])
  expect(fs.readdirSync(store)).toEqual(["identity"])
  expect(await ask(newFolder(), ({ identity }) => identity)).not.toBe(names[0])
})

test("the files of a store that is a folder are shared as they are", async () => {
  const store = newFolder()
  fs.mkdirSync(path.join(store, "code"), { recursive: true })
  fs.writeFileSync(path.join(store, "code", "a"), "")
  await ask(store, ({ share }) => share("code/a"))
  expect(await ask(store, ({ fetch }) => fetch("code/a"))).toBe(true)
  expect(await ask(store, ({ fetch }) => fetch("code/b"))).toBe(false)
})
