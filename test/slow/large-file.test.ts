import * as fs from "node:fs"
import { expect, test } from "vitest"
import { project } from "../runtime/project.ts"

test("an external file of more than two gibibytes is fingerprinted, and read piece by piece", async () => {
  const user = project(
    {
      "stages.ts": `
import { File, files, stage } from "assay"
export const last = stage({ name: "last", inputs: { data: File }, parameters: {}, outputs: { out: files("out") }, run: () => import("./last.ts") })
`,
      "last.ts": `
export const run = async ({ inputs, outputs }) => {
  const [name] = inputs.data.names
  const content = await inputs.data.open(name)
  const end = await content.read(content.size - 3, content.size)
  await outputs.out.write("end.txt", content.size + " " + Buffer.from(end).toString("latin1"))
}
`,
      "pipeline.ts": `
import { file, pipeline } from "assay"
import { last } from "./stages.ts"
export default pipeline("large", () => last({ data: file("large.bin") }))
`,
    },
    { pool: true },
  )
  const size = 2 ** 31 + 5
  // Sparse: only its end is on the disk.
  const large = fs.openSync(`${user.root}/large.bin`, "w")
  fs.writeSync(large, "end", size - 3)
  fs.closeSync(large)
  const { failures, stages } = await user.run()
  expect(failures).toEqual([])
  const key = stages[0]?.key ?? ""
  const { manifest } = JSON.parse(fs.readFileSync(`${user.store}/results/${key.slice(0, 2)}/${key}.json`, "utf8"))
  const [{ object }] = manifest.outputs.out.files
  expect(fs.readFileSync(`${user.store}/objects/${object.slice(0, 2)}/${object.slice(2)}`, "utf8")).toBe(`${size} end`)
})
