import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { encodeSafetensors } from "../../../../data/safetensors/index.ts"
import { parsePage, root } from "../../../docs/page.ts"
import { project } from "../../../runtime/project.ts"
import type { MemoryFiles } from "../../support/memory.ts"
import { tinyPolicy, tinyPolicyFiles } from "../../support/toy.ts"

const guide = "docs/guides/write-an-architecture.md"
const { blocks } = parsePage(guide, readFileSync(join(root, guide), "utf8"))
const block = (name: string): string => blocks.find((each) => each.name === name)?.text ?? ""

/** A policy whose blocks are parallel, as the guide has it. */
const model = async (): Promise<Readonly<Record<string, string | Uint8Array>>> => {
  const policy: MemoryFiles = await tinyPolicyFiles(3)
  const { parameters, configuration } = tinyPolicy(3)
  const tensors = Object.entries(configuration.shapes)
    .filter(([name]) => !name.includes("ln_2"))
    .map(([name, shape]) => {
      const called = /\.c_\w+\.weight$/.test(name) ? shape.toReversed() : shape
      return [name, { shape: called, data: parameters[name] as Float32Array }] as const
    })
  const config = { ...((await policy.json("config.json")) as object), architectures: undefined, model_type: "parallel_gpt2" }
  return {
    "model/config.json": JSON.stringify(config),
    "model/model.safetensors": encodeSafetensors(Object.fromEntries(tensors)),
    "model/tokenizer.json": await policy.read("tokenizer.json"),
    "model/tokenizer_config.json": await policy.read("tokenizer_config.json"),
  }
}

test("an architecture of one's own is found by every stage that reads its policies, and reruns them where it is edited", async () => {
  const own = project(
    {
      "parallel.architecture.ts": block("parallel.architecture.ts"),
      "parallel.ts": block("parallel.ts"),
      "pipeline.ts": block("pipeline.ts"),
      ...((await model()) as Readonly<Record<string, string>>),
    },
    { pool: true },
  )
  const first = await own.run()
  expect(first.failures).toEqual([])
  const again = await own.run()
  expect(again.stages.filter(({ outcome }) => outcome !== "cached")).toEqual([])
  own.edit("parallel.ts", "tf.relu(", "tf.sigmoid(")
  const edited = await own.plan()
  // Whatever reads a policy waits for the import, which runs; the gold judge does not read one.
  expect(edited.stages.filter(({ verdict }) => verdict === "run").map(({ id }) => id)).toEqual(["evaluation.reference"])
  expect(edited.stages.filter(({ verdict }) => verdict === "cached").map(({ id }) => id)).toEqual(["evaluation.judge"])
}, 600_000)
