/** The method that a guide writes has the values of TRL, and is as short as a page. */

import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import * as tf from "@tensorflow/tfjs"
import { expect, onTestFinished, test } from "vitest"
import { compile, linked } from "../../runtime/bundle/compile.ts"
import { parsePage, root } from "./page.ts"

const guide = "docs/guides/write-a-method.md"
const { blocks } = parsePage(guide, fs.readFileSync(path.join(root, guide), "utf8"))
const files = new Map(blocks.flatMap(({ name, text }) => (name?.endsWith(".ts") ? [[name, text] as const] : [])))

/** What a file of the page exports, bundled as a stage is. */
const moduleOf = async (name: string, exported: string): Promise<Readonly<Record<string, unknown>>> => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-method-")))
  onTestFinished(() => fs.rmSync(folder, { recursive: true }))
  for (const [file, text] of files) fs.writeFileSync(path.join(folder, file), text)
  const entry = `export { ${exported} } from ${JSON.stringify(path.join(folder, name))}`
  const bundle = path.join(folder, "bundle.mjs")
  fs.writeFileSync(bundle, linked(await compile({ assayRoot: root, entry, directory: folder })))
  return (await import(pathToFileURL(bundle).href)) as Readonly<Record<string, unknown>>
}

test("its odds ratio term has the values of TRL's odds_ratio_loss", async () => {
  const golden = JSON.parse(fs.readFileSync(path.join(root, "test/docs/write-a-method/trl-odds-ratio.json"), "utf8")) as {
    readonly beta: number
    readonly chosen: ReadonlyArray<number>
    readonly rejected: ReadonlyArray<number>
    readonly losses: ReadonlyArray<number>
  }
  const { oddsRatioLoss } = (await moduleOf("odds-ratio.ts", "oddsRatioLoss")) as {
    readonly oddsRatioLoss: (chosen: tf.Tensor, rejected: tf.Tensor) => tf.Tensor
  }
  const ours = oddsRatioLoss(tf.tensor1d([...golden.chosen]), tf.tensor1d([...golden.rejected])).dataSync()
  expect(golden.losses).toHaveLength(81)
  for (const [index, theirs] of golden.losses.entries()) {
    // TRL's is what its loss subtracts: λ log σ of the log odds ratio.
    const expected = -theirs / golden.beta
    expect(Math.abs((ours[index] as number) - expected), String(index)).toBeLessThanOrEqual(1e-5 + 1e-4 * expected)
  }
})

test("it is under 60 lines, declarations and both methods together", () => {
  const lines = ["orpo.stage.ts", "odds-ratio.ts", "orpo.ts"].flatMap((name) => (files.get(name) ?? "").trimEnd().split("\n"))
  expect(lines.length).toBeGreaterThan(30)
  expect(lines.length).toBeLessThan(60)
  expect(lines.filter((line) => line.length > 140)).toEqual([])
})
