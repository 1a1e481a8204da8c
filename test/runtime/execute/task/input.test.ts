import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, expect, test } from "vitest"
import { openSafetensors } from "../../../../data/safetensors/index.ts"
import type { FilesInput } from "../../../../dsl/index.ts"
import { openInput } from "../../../../runtime/execute/task/input.ts"
import { openServices } from "../../../../runtime/execute/task/open-services.ts"
import { pluginsFrom } from "../../../../runtime/execute/task/plugins.ts"
import { serveNothing } from "../../../../runtime/execute/task/services.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-input-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const open = async (name: string): Promise<FilesInput> => {
  const about = { plugins: pluginsFrom({}), services: openServices({ connections: {} } as never, serveNothing) }
  const files = [{ name, path: path.join(folder, name) }]
  return (await openInput("weights", { kind: "one", artifact: { kind: "files", digest: "", files } }, about)) as FilesInput
}

test("a tensor is read wherever it lies in a file of more than four gibibytes", async () => {
  const first = 2 ** 32 + 12
  const header = JSON.stringify({
    first: { dtype: "F32", shape: [first / 4], data_offsets: [0, first] },
    last: { dtype: "BF16", shape: [3], data_offsets: [first, first + 6] },
  })
  // Sparse: only its ends are on the disk.
  const file = fs.openSync(path.join(folder, "model.safetensors"), "w")
  fs.writeSync(file, Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer))
  fs.writeSync(file, header)
  fs.writeSync(file, Buffer.from(Uint16Array.of(0x3f80, 0xc000, 0x4040).buffer), 0, 6, 8 + header.length + first)
  fs.closeSync(file)
  const input = await open("model.safetensors")
  const tensors = await openSafetensors(await input.open("model.safetensors"))
  expect(tensors.shapes).toEqual({ first: [first / 4], last: [3] })
  expect(await tensors.read("last")).toEqual(Float32Array.of(1, -2, 3))
})

test("a file that became shorter while it was read is an error that names it", async () => {
  const file = path.join(folder, "short.bin")
  fs.writeFileSync(file, "0123456789")
  const content = await (await open("short.bin")).open("short.bin")
  fs.truncateSync(file, 4)
  expect(new TextDecoder().decode(await content.read(1, 4))).toBe("123")
  await expect(content.read(1, 5)).rejects.toThrow(/short\.bin ended while it was read/)
})
