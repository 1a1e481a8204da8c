import { spawnSync } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { expect, test } from "vitest"

const command = resolve(import.meta.dirname, "../../../cli/assay.mjs")

test("imports reach nothing but their inputs, so that their results are kept", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-imports-"))
  try {
    await writeFile(join(folder, "package.json"), '{ "type": "module" }')
    for (const name of ["pairs.jsonl", "text.csv", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
      await writeFile(join(folder, name), "")
    await writeFile(
      join(folder, "imports.ts"),
      `import { file, pipeline } from "assay"
       import { importDemonstrations, importPolicy, importPreferences, importPrompts, importText } from "assay/stages"
       export default pipeline("imports", () => ({
         pairs: importPreferences({ file: file("pairs.jsonl"), format: "trl" }),
         demonstrations: importDemonstrations({ file: file("text.csv") }).text,
         text: importText({ file: file("text.csv"), prompts: importPrompts({ file: file("text.csv") }) }),
         policy: importPolicy({ directory: "." }),
       }))`,
    )
    const { stdout, stderr } = spawnSync(process.execPath, [command, "doctor", "imports.ts"], { cwd: folder, encoding: "utf8" })
    for (const name of ["preferences", "text", "prompts", "demonstrations", "policy"])
      expect(stdout, stderr).toMatch(new RegExp(`^cacheable +import-${name}$`, "m"))
  } finally {
    await rm(folder, { recursive: true })
  }
})
