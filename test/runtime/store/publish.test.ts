import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, onTestFinished, test } from "vitest"
import { layout } from "../../../runtime/store/layout.ts"
import type { Manifest } from "../../../runtime/store/results/manifest.ts"
import { type Publication, publisher } from "../../../runtime/store/results/publish.ts"
import { readResult } from "../../../runtime/store/results/result.ts"
import { seal, unseal } from "../../../runtime/store/results/seal.ts"

/** The manifest, where the text is a whole one. */
const manifestIn = (text: string, key: string): Manifest | null => {
  const found = unseal(text, key)
  return found.state === "whole" ? found.manifest : null
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

const newStore = () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "assay-publish-"))
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }))
  return layout(root)
}

const manifest = (key: string): Omit<Manifest, "outputs"> => ({
  format: 1,
  key,
  stage: "noop",
  vector: [{ component: "code", value: "c" }],
  seconds: 0.25,
  created: "2026-01-01T00:00:00.000Z",
  host: { name: "h", platform: "linux-x64", node: "v20", cpu: "c" },
})

/** One file, in a folder of its own. */
const publication = (root: string, text: string): Publication => {
  const folder = fs.mkdtempSync(path.join(root, "stage-"))
  const file = path.join(folder, "0.0")
  fs.writeFileSync(file, text)
  const stored = { name: "n.txt", object: sha256(text), bytes: text.length, path: file }
  return {
    manifest: manifest(sha256(`key of ${text}`)),
    outputs: { out: { artifact: "out", kind: "files", digest: sha256(`logical ${text}`), bytes: text.length, files: [stored] } },
    folder,
  }
}

test("results that are published together are each whole, and one that fails takes no other along", async () => {
  const places = newStore()
  const publish = publisher(places)
  const all = Array.from({ length: 20 }, (_, n) => publication(places.root, `content ${n}`))
  fs.rmSync(all[7]?.outputs.out?.files[0]?.path ?? "")
  fs.rmSync(all[11]?.folder ?? "", { recursive: true })
  const ended = await Promise.allSettled(all.map(publish))
  for (const [n, { manifest, folder, outputs }] of all.entries()) {
    const [stored] = outputs.out?.files ?? []
    const text = fs.existsSync(places.result(manifest.key)) ? fs.readFileSync(places.result(manifest.key), "utf8") : ""
    if (n === 7 || n === 11) {
      expect(ended[n]?.status).toBe("rejected")
      expect(text).toBe("")
      continue
    }
    expect(ended[n]).toEqual({ status: "fulfilled", value: manifestIn(text, manifest.key) })
    expect(fs.readFileSync(places.object(stored?.object ?? ""), "utf8")).toBe(`content ${n}`)
    expect(fs.readdirSync(folder)).toEqual([])
  }
})

test("a result that comes after others have failed is published as ever", async () => {
  const places = newStore()
  const publish = publisher(places)
  const [lost, kept] = [publication(places.root, "lost"), publication(places.root, "kept")]
  fs.rmSync(lost.folder, { recursive: true })
  await expect(publish(lost)).rejects.toMatchObject({ code: "ENOENT" })
  expect((await publish(kept)).key).toBe(kept.manifest.key)
})

test("a manifest is known by its seal, however it is spelled, and never with a bit flipped or under another key; one of another format is told apart", () => {
  const whole = { ...manifest(sha256("k")), outputs: {} }
  const text = seal(whole)
  expect(manifestIn(text, whole.key)).toEqual(whole)
  const { seal: digest } = JSON.parse(text) as { readonly seal: string }
  expect(manifestIn(`{"seal":"${digest}",\n"manifest":${JSON.stringify(whole, null, 1)}}\n`, whole.key)).toEqual(whole)
  expect(manifestIn(text, sha256("another"))).toBeNull()
  const newer = seal({ ...whole, format: 2 as never })
  expect(unseal(newer, whole.key)).toEqual({ state: "foreign", format: "2" })
  expect(unseal(newer.replace("noop", "nooq"), whole.key)).toEqual({ state: "damaged" })
  expect(unseal(text.replace("noop", "nooq"), whole.key)).toEqual({ state: "damaged" })
  const bytes = Buffer.from(text)
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const found = manifestIn(flipped.toString("utf8"), whole.key)
    if (found !== null) expect(found).toEqual(whole)
  }
  for (let end = 0; end < text.length - 1; end++) expect(manifestIn(text.slice(0, end), whole.key)).toBeNull()
})

test("a result of another format is not replaced: ours lies beside it, and is found", async () => {
  const places = newStore()
  const ours = publication(places.root, "ours")
  const { key } = ours.manifest
  const newer = seal({ ...manifest(key), outputs: {}, format: 2 as never })
  fs.mkdirSync(path.dirname(places.result(key)), { recursive: true })
  fs.writeFileSync(places.result(key), newer)
  expect(readResult(places, key)).toMatchObject({ state: "foreign", format: "2" })
  await publisher(places)(ours)
  expect(fs.readFileSync(places.result(key), "utf8")).toBe(newer)
  expect(readResult(places, key)).toMatchObject({ state: "whole", file: places.resultBeside(key), manifest: { key } })
})
