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
    for (const name of ["pairs.jsonl", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"])
      await writeFile(join(folder, name), "")
    await writeFile(
      join(folder, "imports.ts"),
      `import { file, pipeline } from "assay"
       import { importPolicy, importPreferences } from "assay/stages"
       export default pipeline("imports", () => ({
         pairs: importPreferences({ file: file("pairs.jsonl"), format: "trl" }),
         policy: importPolicy({ directory: "." }),
       }))`,
    )
    const { stdout, stderr } = spawnSync(process.execPath, [command, "doctor", "imports.ts"], { cwd: folder, encoding: "utf8" })
    expect(stdout, stderr).toMatch(/^cacheable +import-preferences$/m)
    expect(stdout, stderr).toMatch(/^cacheable +import-policy$/m)
  } finally {
    await rm(folder, { recursive: true })
  }
})
